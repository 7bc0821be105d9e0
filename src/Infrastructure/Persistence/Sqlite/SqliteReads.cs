using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CleanJwt.Infrastructure.Persistence.Sqlite;

/// <summary>An open connection with the statements of <see cref="IFrequentReads"/>, prepared once.</summary>
/// <remarks>Not for several threads at once.</remarks>
internal sealed class SqliteReads : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly PreparedStatement _account;
    private readonly PreparedStatement _session;
    private readonly PreparedStatement _anySigningKey;

    /// <param name="connection">Open; it goes with this.</param>
    public SqliteReads(SqliteConnection connection)
    {
        _connection = connection;
        raw.sqlite3_busy_timeout(connection.Handle, connection.DefaultTimeout * 1_000);
        SqlitePragmas.KeepMorePages(connection);
        _account = new PreparedStatement(connection, SqliteRows.AccountById);
        _session = new PreparedStatement(connection, SqliteRows.SessionById);
        _anySigningKey = new PreparedStatement(connection, "SELECT EXISTS (SELECT 1 FROM SigningKeys)");
    }

    /// <inheritdoc cref="IFrequentReads.FindAccountAsync"/>
    public Account? FindAccount(Guid id) => _account.Find(id, SqliteRows.ReadAccount);

    /// <inheritdoc cref="IFrequentReads.FindSessionAsync"/>
    public AccountSession? FindSession(Guid id) => _session.Find(id, SqliteRows.ReadSession);

    /// <inheritdoc cref="IFrequentReads.ProbeAsync"/>
    public bool AnySigningKey() => _anySigningKey.Find(id: null, row => row.Integer(0) != 0);

    public void Dispose()
    {
        _account.Dispose();
        _session.Dispose();
        _anySigningKey.Dispose();
        _connection.Dispose();
    }
}
