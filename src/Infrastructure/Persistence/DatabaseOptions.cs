using System.ComponentModel.DataAnnotations;

namespace CleanJwt.Infrastructure.Persistence;

public sealed class DatabaseOptions
{
    public const string SectionName = "Database";

    public const string ConnectionKey = "ConnectionStrings:Default";

    public const string Sqlite = nameof(Sqlite);

    public const string SqlServer = nameof(SqlServer);

    [AllowedValues(Sqlite, SqlServer)]
    public string Provider { get; init; } = Sqlite;

    /// <summary>
    /// Whether the start creates and migrates the database. If not, the command <c>migrate</c> must do it.
    /// </summary>
    public bool MigrateOnStart { get; init; } = true;

    /// <summary>
    /// How long a database command may take, waiting for a lock included. Then its request is answered 503. Fractions
    /// of a second count as a whole one.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:00:08")]
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the start waits for the database to answer, and for other nodes that migrate it.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(1);
}
