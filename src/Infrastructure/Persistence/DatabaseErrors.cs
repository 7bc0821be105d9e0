using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace CleanJwt.Infrastructure.Persistence;

/// <summary>What a database exception means to the service.</summary>
public static class DatabaseErrors
{
    private const int SqliteConstraint = 19;
    private const int SqliteMismatch = 20;
    private const int SqliteMisuse = 21;
    private const int SqliteRange = 25;
    private const int SqliteConstraintUnique = 2067; // https://sqlite.org/rescode.html#constraint_unique

    public static bool IsUniqueViolation(Exception exception) =>
        Find(exception) is SqliteException { SqliteExtendedErrorCode: SqliteConstraintUnique };

    /// <summary>Whether a database that fails or is stuck, rather than a fault of the program, is behind this.</summary>
    public static bool IsOutage(Exception exception) => exception is DatabaseUnavailableException || Find(exception) is { } found && !IsFault(found);

    // What SQLite refuses because of what it was asked, and would refuse again: https://sqlite.org/rescode.html#primary_result_code_list
    private static bool IsFault(DbException exception) => exception is SqliteException
    {
        SqliteErrorCode: SqliteConstraint or SqliteMismatch or SqliteMisuse or SqliteRange,
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
