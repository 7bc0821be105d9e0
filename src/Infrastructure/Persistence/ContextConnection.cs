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

    private Task<RelationalDataReader> OpenReaderAsync(FormattableString query, CancellationToken cancellationToken)
    {
        var command = context.GetService<IRawSqlCommandBuilder>().Build(
            query.Format, query.GetArguments()!, context.Model);
        return command.RelationalCommand.ExecuteReaderAsync(
            new RelationalCommandParameterObject(
                context.GetService<IRelationalConnection>(),
                command.ParameterValues,
                readerColumns: null,
                context,
                context.GetService<IRelationalCommandDiagnosticsLogger>(),
                CommandSource.ExecuteSqlRaw),
            cancellationToken);
    }
}
