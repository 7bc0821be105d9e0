using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace CleanJwt.Infrastructure.Persistence;

/// <summary>What a database exception means to the service.</summary>
public static class DatabaseErrors
{
    private const int SqliteConstraintUnique = 2067; // https://sqlite.org/rescode.html#constraint_unique

    public static bool IsUniqueViolation(Exception exception) =>
        Find(exception) is SqliteException { SqliteExtendedErrorCode: SqliteConstraintUnique };

    /// <summary>Whether a database that fails or is stuck, rather than a fault of the program, is behind this.</summary>
    public static bool IsOutage(Exception exception) => exception is DatabaseUnavailableException || Find(exception) is not null;

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
