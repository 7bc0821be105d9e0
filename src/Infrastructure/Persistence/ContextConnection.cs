using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace CleanJwt.Infrastructure.Persistence;

/// <summary>Runs SQL text through EF Core, over the connection and in the transaction of a context.</summary>
/// <remarks>EF Core adds some microseconds to a statement. A database server takes far longer to answer one.</remarks>
internal sealed class ContextConnection(AppDbContext context) : DatabaseConnection
{
    public override AppDbContext Context => context;

    public override Task<int> ExecuteAsync(FormattableString statement, CancellationToken cancellationToken) =>
        context.Database.ExecuteSqlAsync(statement, cancellationToken);

    public override async Task<IReadOnlyList<int>> ExecuteAllAsync(
        IReadOnlyList<FormattableString> statements, CancellationToken cancellationToken)
    {
        if (statements.Count == 0)
        {
            return []; // a driver refuses an empty batch
        }

        await using var batch = await CreateBatchAsync(statements, cancellationToken);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        return [.. batch.BatchCommands.Select(command => command.RecordsAffected)];
    }

    public override async Task<T?> ExecuteAllThenFindAsync<T>(
        IReadOnlyList<FormattableString> statements,
        FormattableString query,
        Func<DbDataReader, T> read,
        CancellationToken cancellationToken)
        where T : default
    {
        await using var batch = await CreateBatchAsync([.. statements, query], cancellationToken);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? read(reader) : default;
    }

    public override async Task<List<T>> ListAsync<T>(
        FormattableString query, Func<DbDataReader, T> read, CancellationToken cancellationToken)
    {
        var rows = new List<T>();
        await using var reader = await OpenReaderAsync(query, cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(read(reader.DbDataReader));
        }

        return rows;
    }

    public override async Task<T?> FindAsync<T>(
        FormattableString query, Func<DbDataReader, T> read, CancellationToken cancellationToken)
        where T : default
    {
        await using var reader = await OpenReaderAsync(query, cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? read(reader.DbDataReader) : default;
    }

    // EF Core has no batches of text, so its interceptors do not see these commands. It maps the parameters.
    private async Task<DbBatch> CreateBatchAsync(
        IReadOnlyList<FormattableString> statements, CancellationToken cancellationToken)
    {
        var batch = (await OpenAsync(cancellationToken)).CreateBatch();
        batch.Transaction = context.Database.CurrentTransaction?.GetDbTransaction();
        foreach (var statement in statements)
        {
            var (command, arguments) = Build(statement);
            await using var mapped = command.CreateDbCommand(
                arguments, Guid.NewGuid(), DbCommandMethod.ExecuteNonQuery);
            var parameters = mapped.Parameters.Cast<DbParameter>().ToList();
            mapped.Parameters.Clear(); // a parameter belongs to one command
            var batched = batch.CreateBatchCommand();
            batched.CommandText = mapped.CommandText;
            parameters.ForEach(parameter => batched.Parameters.Add(parameter));
            batch.BatchCommands.Add(batched);
        }

        return batch;
    }

    private Task<RelationalDataReader> OpenReaderAsync(
        FormattableString query, CancellationToken cancellationToken)
    {
        var (command, arguments) = Build(query);
        return command.ExecuteReaderAsync(arguments, cancellationToken);
    }

    private (IRelationalCommand Command, RelationalCommandParameterObject Arguments) Build(FormattableString text)
    {
        var command = context.GetService<IRawSqlCommandBuilder>().Build(
            text.Format, text.GetArguments()!, context.Model);
        return (command.RelationalCommand, new RelationalCommandParameterObject(
            context.GetService<IRelationalConnection>(),
            command.ParameterValues,
            readerColumns: null,
            context,
            context.GetService<IRelationalCommandDiagnosticsLogger>(),
            CommandSource.ExecuteSqlRaw));
    }
}
