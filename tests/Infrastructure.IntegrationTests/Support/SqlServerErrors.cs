using System.Reflection;
using Microsoft.Data.SqlClient;

namespace CleanJwt.Infrastructure.IntegrationTests.Support;

/// <summary>Makes the exceptions of SQL Server's driver, whose constructors are not public.</summary>
internal static class SqlServerErrors
{
    /// <summary>
    /// https://learn.microsoft.com/sql/relational-databases/errors-events/database-engine-events-and-errors
    /// </summary>
    /// <param name="numbers">The numbers of the errors that one exception reports, in their order.</param>
    public static SqlException Number(params int[] numbers)
    {
        var errors = (SqlErrorCollection)Activator.CreateInstance(typeof(SqlErrorCollection), nonPublic: true)!;
        foreach (var number in numbers)
        {
            var error = (SqlError)typeof(SqlError)
                .GetConstructor(
                    BindingFlags.NonPublic | BindingFlags.Instance,
                    [
                        typeof(int), typeof(byte), typeof(byte), typeof(string), typeof(string), typeof(string),
                        typeof(int),
                        typeof(Exception),
                    ])!
                .Invoke([number, (byte)0, (byte)13, "test", $"error {number}", "", 1, null]);
            typeof(SqlErrorCollection).GetMethod("Add", BindingFlags.NonPublic | BindingFlags.Instance)!
                .Invoke(errors, [error]);
        }

        return (SqlException)typeof(SqlException)
            .GetMethod(
                "CreateException",
                BindingFlags.NonPublic | BindingFlags.Static,
                [typeof(SqlErrorCollection), typeof(string)])!
            .Invoke(null, [errors, ""])!;
    }
}
