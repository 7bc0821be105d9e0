using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace CleanJwt.Infrastructure.IntegrationTests.Support;

/// <summary>
/// A connection whose server takes its time for each command. It fails as SQL Server's driver does when a command
/// exceeds its time-out: the command is cancelled, and the connection stays open.
/// </summary>
/// <param name="inner">An open connection, which answers in the end. This disposes of it.</param>
/// <param name="delay">Reads the time that the next command takes.</param>
internal sealed class SlowConnection(DbConnection inner, Func<TimeSpan> delay) : DbConnection
{
    [AllowNull]
    public override string ConnectionString
    {
        get => inner.ConnectionString;
        set => throw new NotSupportedException();
    }

    public override string Database => inner.Database;

    public override string DataSource => inner.DataSource;

    public override string ServerVersion => inner.ServerVersion;

    public override ConnectionState State => inner.State;

    public override void ChangeDatabase(string databaseName) => throw new NotSupportedException();

    public override void Open() => throw new NotSupportedException();

    public override void Close() => inner.Close();

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) =>
        throw new NotSupportedException();

    protected override DbCommand CreateDbCommand() => new SlowCommand(inner.CreateCommand(), delay);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private sealed class SlowCommand(DbCommand inner, Func<TimeSpan> delay) : DbCommand
    {
        [AllowNull]
        public override string CommandText
        {
            get => inner.CommandText;
            set => inner.CommandText = value;
        }

        public override int CommandTimeout { get; set; } = 30;

        public override CommandType CommandType { get; set; } = CommandType.Text;

        public override bool DesignTimeVisible { get; set; }

        public override UpdateRowSource UpdatedRowSource { get; set; }

        protected override DbConnection? DbConnection { get; set; }

        protected override DbParameterCollection DbParameterCollection => inner.Parameters;

        protected override DbTransaction? DbTransaction { get; set; }

        public override void Cancel() => inner.Cancel();

        public override void Prepare() => inner.Prepare();

        public override int ExecuteNonQuery() => Wait().ExecuteNonQuery();

        public override object? ExecuteScalar() => Wait().ExecuteScalar();

        protected override DbParameter CreateDbParameter() => inner.CreateParameter();

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => Wait().ExecuteReader(behavior);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }

        private DbCommand Wait()
        {
            var (time, limit) = (delay(), TimeSpan.FromSeconds(CommandTimeout));
            Thread.Sleep(time < limit ? time : limit);
            return time < limit ? inner : throw SqlServerErrors.Number(-2);
        }
    }
}
