using System.Collections.Concurrent;
using System.Data.Common;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace CleanJwt.Infrastructure.IntegrationTests.Support;

/// <summary>Keeps the text of every command that is sent to the database, without the marks around names, which differ from one kind of database to another.</summary>
internal sealed partial class RecordingCommands : DbCommandInterceptor
{
    public ConcurrentQueue<string> Texts { get; } = new();

    public override DbCommand CommandInitialized(CommandEndEventData eventData, DbCommand result)
    {
        Texts.Enqueue(Marks().Replace(result.CommandText, ""));
        return result;
    }

    [GeneratedRegex("[\"\\[\\]]")]
    private static partial Regex Marks();
}
