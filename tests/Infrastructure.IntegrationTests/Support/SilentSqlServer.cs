using System.Collections;
using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.SqlClient;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace CleanJwt.Infrastructure.IntegrationTests.Support;

/// <summary>
/// Stands in for a SQL Server that is not there, so that the commands which would be sent to it can be seen. It
/// understands none of them: each query has as many rows as <see cref="Rows"/> says, of made-up values, and each change
/// finds as many.
/// </summary>
internal sealed class SilentSqlServer : DbConnectionInterceptor
{
    /// <summary>The text of every command, in the order in which they came.</summary>
    public ConcurrentQueue<string> Texts { get; } = new();

    /// <summary>0 or 1.</summary>
    public int Rows { get; set; } = 1;

    /// <summary>What each bit is.</summary>
    public bool Bit { get; set; } = true;

    public DbConnection Connect() => new Connection(this);

    public override InterceptionResult<DbConnection> ConnectionCreating(
        ConnectionCreatingEventData eventData, InterceptionResult<DbConnection> result) =>
        InterceptionResult<DbConnection>.SuppressWithResult(Connect());

    private sealed class Connection(SilentSqlServer server) : DbConnection
    {
        private ConnectionState _state;

        [AllowNull]
        public override string ConnectionString { get; set; } = "";

        public override string Database => "";

        public override string DataSource => "";

        public override string ServerVersion => "15.0";

        public override ConnectionState State => _state;

        public override void ChangeDatabase(string databaseName)
        {
        }

        public override void Close() => _state = ConnectionState.Closed;

        public override void Open() => _state = ConnectionState.Open;

        protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) =>
            new Transaction(this, isolationLevel);

        public override bool CanCreateBatch => true;

        protected override DbCommand CreateDbCommand() => new Command(server) { Connection = this };

        protected override DbBatch CreateDbBatch() => new SilentBatch(
            text => new Command(server) { CommandText = text }.ExecuteNonQuery(),
            text => new Command(server) { CommandText = text }.ExecuteReader());
    }

    private sealed class Transaction(Connection connection, IsolationLevel level) : DbTransaction
    {
        public override IsolationLevel IsolationLevel => level;

        protected override DbConnection DbConnection => connection;

        public override void Commit()
        {
        }

        public override void Rollback()
        {
        }
    }

    private sealed class Command(SilentSqlServer server) : DbCommand
    {
        private readonly SqlCommand _parameters = new();

        [AllowNull]
        public override string CommandText { get; set; } = "";

        public override int CommandTimeout { get; set; }

        public override CommandType CommandType { get; set; } = CommandType.Text;

        public override bool DesignTimeVisible { get; set; }

        public override UpdateRowSource UpdatedRowSource { get; set; }

        protected override DbConnection? DbConnection { get; set; }

        // Has or inserts one row in every database, and the guard rows are always there.
        private bool IsSingle => CommandText.StartsWith("SELECT CASE", StringComparison.Ordinal)
            || CommandText.StartsWith("SELECT MAX", StringComparison.Ordinal)
            || CommandText.StartsWith("SELECT COALESCE(MAX", StringComparison.Ordinal)
            || CommandText.StartsWith("INSERT INTO \"PasswordAttempts\"", StringComparison.Ordinal)
            || CommandText.Contains("[Guards]", StringComparison.Ordinal);

        protected override DbParameterCollection DbParameterCollection => _parameters.Parameters;

        protected override DbTransaction? DbTransaction { get; set; }

        public override void Cancel()
        {
        }

        public override void Prepare()
        {
        }

        public override int ExecuteNonQuery()
        {
            server.Texts.Enqueue(CommandText);
            return IsSingle ? 1 : server.Rows;
        }

        public override object ExecuteScalar()
        {
            server.Texts.Enqueue(CommandText);
            return server.Rows;
        }

        protected override DbParameter CreateDbParameter() => new SqlParameter();

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior)
        {
            server.Texts.Enqueue(CommandText);
            return new Reader(IsSingle ? 1 : server.Rows, server.Bit);
        }

        protected override void Dispose(bool disposing)
        {
            _parameters.Dispose();
            base.Dispose(disposing);
        }
    }

    private sealed class Reader(int rows, bool bit) : DbDataReader
    {
        private const int Columns = 64; // more than any query has
        private const int Results = 16; // likewise

        private int _read;
        private int _result;

        public override int Depth => 0;

        public override int FieldCount => Columns;

        public override bool HasRows => rows > 0;

        public override bool IsClosed => false;

        public override int RecordsAffected => rows;

        public override object this[int ordinal] => GetValue(ordinal);

        public override object this[string name] => GetValue(0);

        public override bool Read() => _read++ < rows;

        public override bool NextResult()
        {
            _read = 0;
            return ++_result < Results;
        }

        public override bool GetBoolean(int ordinal) => bit;

        public override DateTime GetDateTime(int ordinal) => new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

        public override Guid GetGuid(int ordinal) => Guid.NewGuid();

        public override int GetInt32(int ordinal) => 1;

        public override long GetInt64(int ordinal) => 1;

        public override string GetString(int ordinal) => "account:read"; // a scope among others

        public override bool IsDBNull(int ordinal) => false;

        public override T GetFieldValue<T>(int ordinal) =>
            typeof(T) == typeof(byte[]) ? (T)(object)new byte[8] : base.GetFieldValue<T>(ordinal);

        public override object GetValue(int ordinal) => GetInt32(ordinal);

        public override int GetValues(object[] values) => 0;

        public override byte GetByte(int ordinal) => 1;

        public override char GetChar(int ordinal) => 'x';

        public override decimal GetDecimal(int ordinal) => 1;

        public override double GetDouble(int ordinal) => 1;

        public override float GetFloat(int ordinal) => 1;

        public override short GetInt16(int ordinal) => 1;

        public override long GetBytes(int ordinal, long dataOffset, byte[]? buffer, int bufferOffset, int length) => 0;

        public override long GetChars(int ordinal, long dataOffset, char[]? buffer, int bufferOffset, int length) => 0;

        public override string GetDataTypeName(int ordinal) => "int";

        public override Type GetFieldType(int ordinal) => typeof(int);

        public override string GetName(int ordinal) => $"c{ordinal}";

        public override int GetOrdinal(string name) => 0;

        public override IEnumerator GetEnumerator() => throw new NotSupportedException();
    }
}
