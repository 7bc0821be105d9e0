using CleanJwt.Domain.Accounts;
using CleanJwt.Infrastructure.Identity;
using CleanJwt.Infrastructure.Revocation;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace CleanJwt.Infrastructure.Persistence.Sqlite;

public sealed class SqliteDbContext(DbContextOptions<SqliteDbContext> options) : AppDbContext(options)
{
    private static readonly SqliteQueries SqliteQueries = new();

    private SqliteCommand? _accountById;

    internal override CompiledQueries Queries => SqliteQueries;

    /// <summary>As <see cref="CompiledQueries.AccountById"/>. It is what every request for the current user waits for, and EF Core takes four times as long.</summary>
    internal Account? FindAccount(Guid id)
    {
        Database.OpenConnection();
        try
        {
            var command = AccountById((SqliteConnection)Database.GetDbConnection());
            command.Transaction = (SqliteTransaction?)Database.CurrentTransaction?.GetDbTransaction();
            command.CommandTimeout = Database.GetCommandTimeout() ?? command.Connection!.DefaultTimeout;
            command.Parameters[0].Value = id;
            using var row = command.ExecuteReader();
            return row.Read()
                ? new Account(
                    id, row.GetString(0), row.GetBoolean(1), row.IsDBNull(2) ? null : row.GetString(2), AppUser.SplitRoles(row.GetString(3)),
                    Utc(row, 4), Utc(row, 5), row.GetInt32(6))
                : null;
        }
        finally
        {
            Database.CloseConnection(); // if it was opened here
        }
    }

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.Entity<RevocationRow>().Property(row => row.RevokedAt).HasDefaultValueSql("strftime('%Y-%m-%d %H:%M:%f', 'now')");
        builder.Entity<RevocationRow>().Property(row => row.KeepUntil).HasDefaultValueSql(
            $"strftime('%Y-%m-%d %H:%M:%f', 'now', '+{RevocationList.Keep.TotalMinutes} minutes')");
    }

    private static DateTimeOffset Utc(SqliteDataReader row, int column) => new(row.GetDateTime(column), TimeSpan.Zero);

    // Kept with its connection, so that SQLite prepares the statement once.
    private SqliteCommand AccountById(SqliteConnection connection)
    {
        if (_accountById?.Connection != connection)
        {
            _accountById = connection.CreateCommand();
            _accountById.CommandText =
                "SELECT Email, EmailConfirmed, DisplayName, Roles, CreatedAt, UpdatedAt, Version FROM AspNetUsers WHERE Id = $id";
            _accountById.Parameters.Add("$id", SqliteType.Text);
        }

        return _accountById;
    }
}

/// <summary>The queries that requests wait for, with the hottest of them by hand.</summary>
internal sealed class SqliteQueries : CompiledQueries
{
    public override Func<AppDbContext, Guid, CancellationToken, Task<Account?>> AccountById { get; } =
        (db, id, _) => Task.FromResult(((SqliteDbContext)db).FindAccount(id));
}
