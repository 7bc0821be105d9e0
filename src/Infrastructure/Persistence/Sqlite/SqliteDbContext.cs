using CleanJwt.Application.Ports;
using CleanJwt.Domain.Sessions;
using CleanJwt.Infrastructure.Revocation;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace CleanJwt.Infrastructure.Persistence.Sqlite;

public sealed class SqliteDbContext(DbContextOptions<SqliteDbContext> options) : AppDbContext(options)
{
    private const string CountOfSessions = "SELECT COUNT(*) FROM Sessions WHERE AccountId = $id AND EndedAt IS NULL"; // those that have expired included

    private static readonly CompiledQueries CompiledQueries = new();

    private KeptStatements? _statements;

    internal override CompiledQueries Queries => CompiledQueries;

    internal override Task<int> ExecuteAsync(FormattableString statement, CancellationToken cancellationToken) => UseStatementsAsync(
        kept => kept.Execute(statement, (SqliteTransaction?)Database.CurrentTransaction?.GetDbTransaction()), cancellationToken);

    internal override Task<AccountSession?> FindSessionAsync(Guid id, CancellationToken cancellationToken) => UseStatementsAsync(
        kept => kept.Find(SqliteRows.SessionById, id, SqliteRows.ReadSession), cancellationToken);

    // SQLite sorts in some twenty pages that are mapped anew each time. Few accounts have so many sessions, and to count them needs no order.
    internal override async Task<List<Guid>> FindSurplusSessionsAsync(Guid accountId, Guid stays, DateTimeOffset now, CancellationToken cancellationToken) =>
        await UseStatementsAsync(kept => kept.Find(CountOfSessions, accountId, static row => row.Integer(0)), cancellationToken) > Session.MaxLivePerAccount
            ? await base.FindSurplusSessionsAsync(accountId, stays, now, cancellationToken)
            : [];

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.Entity<RevocationRow>().Property(row => row.RevokedAt).HasDefaultValueSql("strftime('%Y-%m-%d %H:%M:%f', 'now')");
        builder.Entity<RevocationRow>().Property(row => row.KeepUntil).HasDefaultValueSql(
            $"strftime('%Y-%m-%d %H:%M:%f', 'now', '+{RevocationList.Retention.TotalMinutes} minutes')");
    }

    private Task<T> UseStatementsAsync<T>(Func<KeptStatements, T> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Database.OpenConnection();
        try
        {
            var connection = (SqliteConnection)Database.GetDbConnection();
            if (_statements?.Connection != connection)
            {
                _statements = new KeptStatements(connection);
            }

            return Task.FromResult(work(_statements));
        }
        finally
        {
            Database.CloseConnection();
        }
    }
}
