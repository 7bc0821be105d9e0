using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace CleanJwt.Infrastructure.IntegrationTests.Support;

/// <summary>Keeps the text of every command that is sent to the database.</summary>
internal sealed class RecordingCommands : DbCommandInterceptor
{
    public ConcurrentQueue<string> Texts { get; } = new();

    public override DbCommand CommandInitialized(CommandEndEventData eventData, DbCommand result)
    {
        Texts.Enqueue(result.CommandText);
        return result;
    }
}
