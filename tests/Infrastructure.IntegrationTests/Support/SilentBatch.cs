using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.SqlClient;

namespace CleanJwt.Infrastructure.IntegrationTests.Support;

/// <summary>A batch of commands to a <see cref="SilentSqlServer"/>.</summary>
/// <param name="change">Takes the text of a command that changes rows, and says how many it changed.</param>
/// <param name="query">Takes the text of a query, and answers it.</param>
internal sealed class SilentBatch(Func<string, int> change, Func<string, DbDataReader> query) : DbBatch
{
    private readonly CommandList _commands = [];

    public override int Timeout { get; set; }

    protected override DbConnection? DbConnection { get; set; }

    protected override DbTransaction? DbTransaction { get; set; }

    protected override DbBatchCommandCollection DbBatchCommands => _commands;

    // Drivers refuse an empty batch.
    public override int ExecuteNonQuery() => _commands.Count > 0
        ? _commands.Cast<Command>().Sum(command => command.Changed = change(command.CommandText))
        : throw new NotSupportedException("The batch has no commands.");

    public override Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult(ExecuteNonQuery());

    public override object ExecuteScalar() => throw new NotSupportedException();

    public override Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public override void Prepare()
    {
    }

    public override Task PrepareAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public override void Cancel()
    {
    }

    protected override DbBatchCommand CreateDbBatchCommand() => new Command();

    // The changes come first, and the query last.
    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior)
    {
        foreach (var command in _commands.Cast<Command>().SkipLast(1))
        {
            command.Changed = change(command.CommandText);
        }

        return query(_commands.Last().CommandText);
    }

    protected override Task<DbDataReader> ExecuteDbDataReaderAsync(
        CommandBehavior behavior, CancellationToken cancellationToken) =>
        Task.FromResult(ExecuteDbDataReader(behavior));

#pragma warning disable CA1001 // holds parameters and no connection
    private sealed class Command : DbBatchCommand
#pragma warning restore CA1001
    {
        private readonly SqlCommand _parameters = new();

        public int Changed { get; set; }

        [AllowNull]
        public override string CommandText { get; set; } = "";

        public override CommandType CommandType { get; set; } = CommandType.Text;

        public override int RecordsAffected => Changed;

        protected override DbParameterCollection DbParameterCollection => _parameters.Parameters;
    }

    private sealed class CommandList : DbBatchCommandCollection
    {
        private readonly List<DbBatchCommand> _commands = [];

        public override int Count => _commands.Count;

        public override bool IsReadOnly => false;

        public override void Add(DbBatchCommand item) => _commands.Add(item);

        public override void Clear() => _commands.Clear();

        public override bool Contains(DbBatchCommand item) => _commands.Contains(item);

        public override void CopyTo(DbBatchCommand[] array, int arrayIndex) => _commands.CopyTo(array, arrayIndex);

        public override IEnumerator<DbBatchCommand> GetEnumerator() => _commands.GetEnumerator();

        public override int IndexOf(DbBatchCommand item) => _commands.IndexOf(item);

        public override void Insert(int index, DbBatchCommand item) => _commands.Insert(index, item);

        public override bool Remove(DbBatchCommand item) => _commands.Remove(item);

        public override void RemoveAt(int index) => _commands.RemoveAt(index);

        protected override DbBatchCommand GetBatchCommand(int index) => _commands[index];

        protected override void SetBatchCommand(int index, DbBatchCommand batchCommand) =>
            _commands[index] = batchCommand;
    }
}
