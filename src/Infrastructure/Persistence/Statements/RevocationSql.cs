namespace CleanJwt.Infrastructure.Persistence.Statements;

/// <summary>The SQL text with which a node polls revocations, in one form for each provider.</summary>
/// <param name="Read">
/// Two results. The first has one row: the last row number, the database's time and the version of the signing keys.
/// The second has the session and the second until which it is kept, rounded up, of each live row since
/// <c>@sinceSequence</c> or <c>@sinceTime</c>.
/// </param>
/// <param name="CountLive">
/// The number of rows that are kept until <c>@at</c> or longer, up to the row number <c>@upTo</c>.
/// </param>
internal sealed record RevocationSql(string Read, string CountLive)
{
    private const string Count =
        """SELECT COUNT(*) FROM "Revocations" WHERE "KeepUntil" >= @at AND "Sequence" <= @upTo""";

    /// <summary>
    /// SQLite has one writer at a time and commits row numbers in order. So a read by row number misses no row.
    /// </summary>
    public static readonly RevocationSql Sqlite = new(
        """
        SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'Revocations'), 0),
            strftime('%Y-%m-%d %H:%M:%f', 'now'),
            (SELECT "Version" FROM "Guards" WHERE "Name" = 'signing-keys');
        SELECT "SessionId", unixepoch("KeepUntil") + 1 FROM "Revocations"
        WHERE "Sequence" > @sinceSequence AND "KeepUntil" > strftime('%Y-%m-%d %H:%M:%f', 'now');
        """,
        Count);

    /// <summary>
    /// SQL Server commits transactions in any order. So the time of the insert counts, and the poller looks back by
    /// some seconds.
    /// </summary>
    public static readonly RevocationSql SqlServer = new(
        """
        SELECT COALESCE(MAX("Sequence"), 0),
            SYSUTCDATETIME(),
            (SELECT CAST("Version" AS bigint) FROM "Guards" WHERE "Name" = 'signing-keys')
        FROM "Revocations";
        SELECT "SessionId", DATEDIFF_BIG(second, '1970-01-01', "KeepUntil") + 1 FROM "Revocations"
        WHERE "RevokedAt" >= @sinceTime AND "KeepUntil" > SYSUTCDATETIME();
        """,
        Count);
}
