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

    /// <summary>Whether the start makes and migrates the database. If not, the command <c>migrate</c> does.</summary>
    public bool MigrateOnStart { get; init; } = true;

    /// <summary>How long a command may wait, for a lock too, before its request is answered 503. In whole seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:00:08")]
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the start waits for the database, and for other instances that are migrating it.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(1);
}
