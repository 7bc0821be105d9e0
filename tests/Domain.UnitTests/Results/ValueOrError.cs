using CleanJwt.Domain.Results;

namespace CleanJwt.Domain.UnitTests.Results;

/// <summary>A result is its value or its error, never both.</summary>
internal sealed class ValueOrError
{
    private static readonly Error TooBig = new("too-big", ErrorKind.Validation, "Too big", "It does not fit.");

    [Test]
    public void Value_IsASuccess()
    {
        Result<int> result = 7;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.IsSuccess, Is.True);
            Assert.That(result.Value, Is.EqualTo(7));
            Assert.That(result.Error, Is.Null);
        }
    }

    [Test]
    public void DefaultValue_IsASuccessToo()
    {
        Result<Done> result = default(Done);
        Assert.That(result.IsSuccess, Is.True);
    }

    [Test]
    public void Error_IsAFailureWithoutAValue()
    {
        Result<int> result = TooBig;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.IsSuccess, Is.False);
            Assert.That(result.Error, Is.SameAs(TooBig));
            Assert.That(() => result.Value, Throws.InvalidOperationException.With.Message.Contains("too-big"));
        }
    }

    [Test]
    public void FailureFactory_NeedsNoResponseType()
    {
        Assert.That(FailureOf<Result<string>>().Error, Is.SameAs(TooBig));

        static T FailureOf<T>()
            where T : IFailure<T> => T.Failure(TooBig);
    }

    [Test]
    public void ValidationFailed_CarriesTheFields()
    {
        var error = Error.ValidationFailed(new Dictionary<string, string[]> { ["email"] = ["Required."] });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(error.Code, Is.EqualTo("validation-failed"));
            Assert.That(error.Kind, Is.EqualTo(ErrorKind.Validation));
            Assert.That(error.Fields!["email"], Is.EqualTo(new[] { "Required." }));
        }
    }

    [Test]
    public void ServiceUnavailable_SaysWhenToTryAgain()
    {
        var error = Error.ServiceUnavailable("Later.", TimeSpan.FromSeconds(3));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(error.Code, Is.EqualTo("service-unavailable"));
            Assert.That(error.Kind, Is.EqualTo(ErrorKind.Unavailable));
            Assert.That(error.Detail, Is.EqualTo("Later."));
            Assert.That(error.RetryAfter, Is.EqualTo(TimeSpan.FromSeconds(3)));
        }
    }
}
