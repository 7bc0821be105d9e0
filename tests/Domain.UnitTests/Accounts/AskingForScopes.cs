using CleanJwt.Domain.Accounts;

namespace CleanJwt.Domain.UnitTests.Accounts;

/// <summary>Sets of scopes: their text, and the roles that may have them.</summary>
internal sealed class AskingForScopes
{
    private const string Account = "account:read account:write";

    [TestCase("account:read", "account:read", TestName = "{m}(one)")]
    [TestCase("account:write account:read", "account:read account:write", TestName = "{m}(in another order)")]
    [TestCase("users:write users:read account:write account:read", "account:read account:write users:read users:write",
        TestName = "{m}(backwards)")]
    [TestCase("account:read account:read", "account:read", TestName = "{m}(twice the same)")]
    [TestCase("  account:read   account:write ", Account, TestName = "{m}(more spaces than needed)")]
    public void KnownNames_AreWrittenOnceInOneOrder(string text, string written)
    {
        Assert.That(ScopeSet.TryParse(text, out var scopes), Is.True);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(scopes!.ToString(), Is.EqualTo(written));
            Assert.That(ScopeSet.ParseKnown(text), Is.EqualTo(scopes));
        }
    }

    [TestCase("", TestName = "{m}(nothing)")]
    [TestCase("   ", TestName = "{m}(spaces)")]
    [TestCase("account", TestName = "{m}(half a name)")]
    [TestCase("account:read account:delete", TestName = "{m}(one known, one not)")]
    [TestCase("Account:Read", TestName = "{m}(another case)")]
    [TestCase("account:read,account:write", TestName = "{m}(commas)")]
    [TestCase("account:read\taccount:write", TestName = "{m}(tab)")]
    [TestCase("account:read\n", TestName = "{m}(line break)")]
    [TestCase("account:read\0", TestName = "{m}(NUL)")]
    [TestCase("*", TestName = "{m}(wildcard)")]
    [TestCase("admin", TestName = "{m}(role)")]
    public void AnythingElse_IsRefused(string text)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ScopeSet.TryParse(text, out var scopes), Is.False);
            Assert.That(scopes, Is.Null);
        }
    }

    [TestCase("account:read future:read", "account:read", TestName = "{m}(one known, one not)")]
    [TestCase("future:read users:read account:read", "account:read users:read", TestName = "{m}(in another order)")]
    [TestCase("future:read", "", TestName = "{m}(only unknown ones)")]
    [TestCase("Account:Read", "", TestName = "{m}(another case)")]
    [TestCase("account:read,account:write", "", TestName = "{m}(commas)")]
    [TestCase("", "", TestName = "{m}(nothing)")]
    public void UnknownNamesOfAStoredText_AreLeftOut(string text, string known)
    {
        var scopes = ScopeSet.ParseKnown(text);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(scopes.ToString(), Is.EqualTo(known));
            Assert.That(scopes.Contains("future:read"), Is.False);
        }
    }

    [Test]
    public void AbsentParameter_AsksForNothingInParticular()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ScopeSet.TryParseOptional(null, out var scopes), Is.True);
            Assert.That(scopes, Is.Null);
        }
    }

    [Test]
    public void PresentParameter_IsReadAsEver()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ScopeSet.TryParseOptional("account:read", out var scopes), Is.True);
            Assert.That(scopes, Is.EqualTo(ScopeSet.ParseKnown("account:read")));
            Assert.That(ScopeSet.TryParseOptional("", out _), Is.False);
            Assert.That(ScopeSet.TryParseOptional("nonsense", out _), Is.False);
        }
    }

    [TestCase(new string[0], ContractScopes.OfEveryAccount, TestName = "{m}(no role)")]
    [TestCase(new[] { "admin" }, ContractScopes.OfAdmins, TestName = "{m}(admin)")]
    [TestCase(new[] { "editor", "admin" }, ContractScopes.OfAdmins, TestName = "{m}(admin among others)")]
    [TestCase(new[] { "Admin" }, ContractScopes.OfEveryAccount, TestName = "{m}(another case)")]
    [TestCase(new[] { "editor" }, ContractScopes.OfEveryAccount, TestName = "{m}(unknown role)")]
    public void Roles_DecideWhatIsAllowed(string[] roles, string allowed) =>
        Assert.That(ScopeSet.AllowedFor(roles).ToString(), Is.EqualTo(allowed));

    [TestCase("account:read", Account, true, TestName = "{m}(fewer)")]
    [TestCase(Account, Account, true, TestName = "{m}(the same)")]
    [TestCase(Account, "account:read", false, TestName = "{m}(more)")]
    [TestCase("account:read users:read", Account, false, TestName = "{m}(some of both)")]
    [TestCase("account:write", "account:read", false, TestName = "{m}(another)")]
    public void Subset_HasNothingThatTheOtherLacks(string one, string other, bool subset) =>
        Assert.That(ScopeSet.ParseKnown(one).IsSubsetOf(ScopeSet.ParseKnown(other)), Is.EqualTo(subset));

    [Test]
    public void Contains_KnowsWholeNames()
    {
        var scopes = ScopeSet.ParseKnown("account:read");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(scopes.Contains("account:read"), Is.True);
            Assert.That(scopes.Contains("account:write"), Is.False);
            Assert.That(scopes.Contains("account"), Is.False);
        }
    }

    [Test]
    public void SameNames_AreEqualSets()
    {
        var one = ScopeSet.ParseKnown("account:read account:write");
        var same = ScopeSet.ParseKnown("account:write account:read");
        var other = ScopeSet.ParseKnown("account:read");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(one, Is.EqualTo(same));
            Assert.That(one.GetHashCode(), Is.EqualTo(same.GetHashCode()));
            Assert.That(one, Is.Not.EqualTo(other));
            Assert.That(one.Equals((object?)null), Is.False);
        }
    }

    [Test]
    public void KnownNames_AreTheContracts() =>
        Assert.That(string.Join(' ', ScopeSet.KnownNames), Is.EqualTo(ContractScopes.OfAdmins));
}
