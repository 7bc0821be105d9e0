using System.Text.Json;
using CleanJwt.Application.Accounts;
using CleanJwt.Application.Callers;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Audit;
using CleanJwt.Domain.Results;
using Microsoft.Extensions.Time.Testing;
using Moq;
using static CleanJwt.Application.UnitTests.Sessions.SessionFixture;

namespace CleanJwt.Application.UnitTests.Accounts;

/// <summary>Changing the profile of an account.</summary>
internal sealed class ChangingTheProfile
{
    private static readonly Caller Caller = new(Ada.Id, FifthGeneration.Id, new ClientInfo("curl/8", "192.0.2.1"));
    private static readonly Account Renamed = Ada with { DisplayName = "Ada", Version = 2 };

    private readonly Mock<IUserRepository> _users = new(MockBehavior.Strict);

    [TestCase("  Ada Lovelace ", "Ada Lovelace")]
    [TestCase("   ", null)]
    [TestCase("", null)]
    [TestCase(null, null)]
    public async Task Name_IsStoredTrimmed(string? displayName, string? stored)
    {
        _users
            .Setup(users => users.UpdateProfileAsync(
                Ada.Id,
                stored,
                null,
                It.Is<AuditContext>(audit => audit.At == Now && audit.ActorSessionId == FifthGeneration.Id
                    && audit.Entries.Single().Action == "update-profile"),
                It.IsAny<CancellationToken>()))
            .ReturnsAsync(Renamed);

        var result = await UpdateAsync(new UpdateProfileCommand { DisplayName = displayName });

        Assert.That(result.Value, Is.SameAs(Renamed));
    }

    [Test]
    public async Task ExpectedVersions_AreThoseTheChangeIsMadeTo()
    {
        var expected = new[] { 1, 3 };
        _users
            .Setup(users => users.UpdateProfileAsync(
                Ada.Id, "Ada", expected, It.IsAny<AuditContext>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync(AccountErrors.StaleVersion);

        var result = await UpdateAsync(new UpdateProfileCommand { DisplayName = "Ada", ExpectedVersions = expected });

        Assert.That(result.Error, Is.SameAs(AccountErrors.StaleVersion));
    }

    private static IEnumerable<TestCaseData> Versions =>
    [
        new TestCaseData(null, true).SetArgDisplayNames("any"),
        new TestCaseData(new[] { 1 }, true).SetArgDisplayNames("the current one"),
        new TestCaseData(new[] { 5, 1 }, true).SetArgDisplayNames("the current one among others"),
        new TestCaseData(new[] { 2 }, false).SetArgDisplayNames("another"),
        new TestCaseData(Array.Empty<int>(), false).SetArgDisplayNames("none"),
    ];

    [TestCaseSource(nameof(Versions))]
    public async Task NothingToChange_IsOnlyLookedAt(int[]? expected, bool matches)
    {
        _users.Setup(users => users.FindAsync(Ada.Id, It.IsAny<CancellationToken>())).ReturnsAsync(Ada);

        var result = await UpdateAsync(new UpdateProfileCommand { ExpectedVersions = expected });

        Assert.That(result.IsSuccess ? result.Value : null, Is.SameAs(matches ? Ada : null));
        Assert.That(result.Error, Is.SameAs(matches ? null : AccountErrors.StaleVersion));
    }

    [Test]
    public async Task NothingToChangeInAnAccountThatIsGone_IsUserNotFound()
    {
        _users.Setup(users => users.FindAsync(Ada.Id, It.IsAny<CancellationToken>())).ReturnsAsync((Account?)null);

        Assert.That(
            (await UpdateAsync(new UpdateProfileCommand { ExpectedVersions = [] })).Error,
            Is.SameAs(AccountErrors.UserNotFound));
    }

    [TestCase("{}", false)]
    [TestCase("{\"name\":\"Ada\"}", false)]
    [TestCase("{\"setsDisplayName\":true}", false)]
    [TestCase("{\"displayName\":null}", true)]
    [TestCase("{\"displayName\":\"\"}", true)]
    [TestCase("{\"displayName\":\"Ada\",\"setsDisplayName\":false}", true)]
    public void FieldOfTheRequest_IsSetWhenItIsThere(string json, bool set) =>
        Assert.That(
            JsonSerializer.Deserialize<UpdateProfileCommand>(json, JsonSerializerOptions.Web)!.SetsDisplayName,
            Is.EqualTo(set));

    [Test]
    public void CallerAndVersions_AreNeverTakenFromTheRequest()
    {
        var command = JsonSerializer.Deserialize<UpdateProfileCommand>(
            $$"""{"caller":{"accountId":"{{Ada.Id}}"},"expectedVersions":[1],"displayName":"Ada"}""", JsonSerializerOptions.Web)!;
        Assert.That(command.Caller, Is.SameAs(Caller.None));
        Assert.That(command.ExpectedVersions, Is.Null);
    }

    private async Task<Result<Account>> UpdateAsync(UpdateProfileCommand command) =>
        await new UpdateProfileHandler(_users.Object, new FakeTimeProvider(Now)).Handle(
            command with { Caller = Caller }, CancellationToken.None);
}
