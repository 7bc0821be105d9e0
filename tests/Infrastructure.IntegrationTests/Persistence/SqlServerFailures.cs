using CleanJwt.Infrastructure.IntegrationTests.Support;
using CleanJwt.Infrastructure.Persistence;
using Microsoft.Data.SqlClient;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.IntegrationTests.Persistence;

/// <summary>
/// What the numbers of SQL Server's errors mean to the service: an answer, an outage, or a fault of its own.
/// </summary>
internal sealed class SqlServerFailures
{
    [TestCase(2601, TestName = "{m}(unique index)")]
    [TestCase(2627, TestName = "{m}(unique constraint)")]
    public void UniqueViolation_IsNoOutage(int number)
    {
        var exception = new DbUpdateException("An error occurred.", SqlServerErrors.Number(number));
        Assert.That(DatabaseErrors.IsUniqueViolation(exception));
        Assert.That(DatabaseErrors.IsOutage(exception), Is.False);
    }

    [TestCase(547, TestName = "{m}(foreign key)")]
    [TestCase(102, TestName = "{m}(syntax)")]
    [TestCase(207, TestName = "{m}(no such column)")]
    [TestCase(208, TestName = "{m}(no such table)")]
    [TestCase(515, TestName = "{m}(null)")]
    [TestCase(2628, TestName = "{m}(text too long)")]
    public void WhatWouldBeRefusedAgain_IsAFault(int number)
    {
        var exception = new DbUpdateException("An error occurred.", SqlServerErrors.Number(number));
        Assert.That(DatabaseErrors.IsOutage(exception), Is.False);
        Assert.That(DatabaseErrors.IsUniqueViolation(exception), Is.False);
    }

    [TestCase(-2, TestName = "{m}(time-out)")]
    [TestCase(0, TestName = "{m}(broken connection)")]
    [TestCase(53, TestName = "{m}(no such host)")]
    [TestCase(258, TestName = "{m}(no answer)")]
    [TestCase(701, TestName = "{m}(out of memory)")]
    [TestCase(1105, TestName = "{m}(disk full)")]
    [TestCase(1205, TestName = "{m}(deadlock)")]
    [TestCase(4060, TestName = "{m}(no such database)")]
    [TestCase(9002, TestName = "{m}(log full)")]
    [TestCase(18456, TestName = "{m}(login failed)")]
    [TestCase(40613, TestName = "{m}(database not available)")]
    public void WhatMayPass_IsAnOutage(int number)
    {
        var exception = SqlServerErrors.Number(number);
        Assert.That(exception.Number, Is.EqualTo(number));
        Assert.That(DatabaseErrors.IsOutage(exception));
        Assert.That(DatabaseErrors.IsOutage(
            new InvalidOperationException(
                "An exception has been raised that is likely due to a transient failure.", exception)));
        Assert.That(DatabaseErrors.IsUniqueViolation(exception), Is.False);
    }

    [Test]
    public void DriverThatHasNoConnectionLeft_ThrowsWhatTheDatabaseKnowsItBy() =>
        Assert.That(
            typeof(SqlConnection).Assembly.GetName().Name,
            Is.EqualTo("Microsoft.Data.SqlClient"),
            "as Exception.Source, for want of a type");
}
