using System.Data.Common;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;

namespace CleanJwt.Infrastructure.Persistence;

/// <summary>Classifies the exceptions of the databases.</summary>
/// <remarks>
/// An exception of SQL Server can report several errors. Its number is that of the first, which is the cause of the
/// others.
/// </remarks>
public static class DatabaseErrors
{
    private const int SqliteConstraint = 19;
    private const int SqliteMismatch = 20;
    private const int SqliteMisuse = 21;
    private const int SqliteRange = 25;
    private const int SqliteConstraintPrimaryKey = 1555; // https://sqlite.org/rescode.html#constraint_primarykey
    private const int SqliteConstraintUnique = 2067; // https://sqlite.org/rescode.html#constraint_unique

    // https://learn.microsoft.com/sql/relational-databases/errors-events/database-engine-events-and-errors
    private const int SqlServerUniqueIndex = 2601;
    private const int SqlServerUniqueConstraint = 2627;
    private const int SqlServerTimeout = -2;

    /// <summary>A constraint. Usually it is a foreign key whose row was deleted after it was read.</summary>
    internal const int SqlServerConstraint = 547;

    public static bool IsUniqueViolation(Exception exception) => Find(exception) is
        SqliteException { SqliteExtendedErrorCode: SqliteConstraintUnique or SqliteConstraintPrimaryKey }
        or SqlException { Number: SqlServerUniqueIndex or SqlServerUniqueConstraint };

    /// <summary>Whether the database failed or hung. False for a fault of the program.</summary>
    public static bool IsOutage(Exception exception) =>
        exception is DatabaseUnavailableException || (Find(exception) is { } found && !IsFault(found));

    /// <summary>Whether a connection can be used after a failure: its command timed out, and was cancelled.</summary>
    internal static bool LeavesConnectionOpen(Exception exception) =>
        exception is SqlException { Number: SqlServerTimeout };

    /// <summary>Whether work on SQL Server would fail again. The first error of an exception decides.</summary>
    internal static bool IsFinal(Exception exception) =>
        Find(exception) is { } found && IsFault(found) && found is not SqlException { Number: SqlServerConstraint };

    // The database refused the command itself, and would refuse it again.
    private static bool IsFault(DbException exception) => exception switch
    {
        // https://sqlite.org/rescode.html#primary_result_code_list
        SqliteException sqlite =>
            sqlite.SqliteErrorCode is SqliteConstraint or SqliteMismatch or SqliteMisuse or SqliteRange,
        SqlException sqlServer =>
            sqlServer.Number is SqlServerUniqueIndex or SqlServerUniqueConstraint or SqlServerConstraint
            or 102 or 156 // syntax
            or 207 or 208 // no such column, no such table
            or 245 or 8114 or 8115 // no such conversion, or too large
            or 515 // NULL where there must be a value
            or 2628 or 8152, // text that is too long
        _ => false,
    };

    private static DbException? Find(Exception exception)
    {
        for (Exception? inner = exception; inner is not null; inner = inner.InnerException)
        {
            if (inner is DbException found)
            {
                return found;
            }
        }

        return null;
    }
}
