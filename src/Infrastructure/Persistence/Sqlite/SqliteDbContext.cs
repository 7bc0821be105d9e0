using CleanJwt.Application.Abstractions;
using CleanJwt.Infrastructure.Revocation;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace CleanJwt.Infrastructure.Persistence.Sqlite;

public sealed class SqliteDbContext(DbContextOptions<SqliteDbContext> options) : AppDbContext(options)
{
    private static readonly CompiledQueries CompiledQueries = new();

    private KeptStatements? _statements;

    internal override CompiledQueries Queries => CompiledQueries;

    internal override Task<int> ExecuteAsync(FormattableString statement, CancellationToken cancellationToken) => UseStatementsAsync(
        kept => kept.Execute(statement, (SqliteTransaction?)Database.CurrentTransaction?.GetDbTransaction()), cancellationToken);

    internal override Task<AccountSession?> FindSessionAsync(Guid id, CancellationToken cancellationToken) => UseStatementsAsync(
        kept => kept.Find(SqliteRows.SessionById, id, SqliteRows.ReadSession), cancellationToken);

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.Entity<RevocationRow>().Property(row => row.RevokedAt).HasDefaultValueSql("strftime('%Y-%m-%d %H:%M:%f', 'now')");
        builder.Entity<RevocationRow>().Property(row => row.KeepUntil).HasDefaultValueSql(
            $"strftime('%Y-%m-%d %H:%M:%f', 'now', '+{RevocationList.Keep.TotalMinutes} minutes')");
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
