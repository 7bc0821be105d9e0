using System.Text;
using CleanJwt.Domain.Passwords;

namespace CleanJwt.Domain.UnitTests.Passwords;

/// <summary>
/// The built-in list: the order that the binary search relies on, and enough long passwords to be useful.
/// </summary>
internal sealed class ListOfCommonPasswords
{
    // OWASP ASVS 5.0, 6.2.4, asks for this many passwords that the other rules allow.
    private const int UsefulAtLeast = 3_000;

    private static readonly string Text = ReadText();
    private static readonly string[] Passwords = Text.Split('\n')[..^1];

    [Test]
    public void List_HasTenThousandAndThoseThatTheLengthAllows()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Passwords, Has.Length.AtLeast(10_000));
            Assert.That(Passwords.Count(PasswordRules.HasAllowedLength), Is.AtLeast(UsefulAtLeast));
        }
    }

    [Test]
    public void Lines_AreInTheFormAndOrderThatTheSearchNeeds()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Text, Does.EndWith("\n").And.Not.Contain("\r"));
            Assert.That(Passwords, Is.All.Not.Empty);
            Assert.That(Text, Is.EqualTo(Text.ToUpperInvariant()));
            Assert.That(Text.IsNormalized(), Is.True);
            Assert.That(
                Passwords.Zip(Passwords.Skip(1)).Where(pair => CompareBytes(pair.First, pair.Second) >= 0), Is.Empty);
        }
    }

    [Test]
    public void EachPassword_IsFoundInEitherCase() =>
        Assert.That(Passwords.Where(password => !PasswordRules.IsCommon(password)
            || !PasswordRules.IsCommon(password.ToLowerInvariant())), Is.Empty);

    [Test]
    public void NeighborsOfEachPassword_AreFoundOnlyIfListed()
    {
        var listed = Passwords.ToHashSet(StringComparer.Ordinal);
        var neighbors = Passwords.SelectMany(
            password => new[] { password[..^1], password + "!", password + "\U0001f511", "!" + password });
        Assert.That(
            neighbors.Where(neighbor => PasswordRules.IsCommon(neighbor) != listed.Contains(neighbor)), Is.Empty);
    }

    [Test]
    public void Search_ReadsTheListOnce()
    {
        PasswordRules.IsCommon("password1234");
        var before = GC.GetAllocatedBytesForCurrentThread();
        PasswordRules.IsCommon("PASSWORD1234");
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(2_048));
    }

    private static int CompareBytes(string one, string other) =>
        Encoding.UTF8.GetBytes(one).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(other));

    private static string ReadText()
    {
        var file = typeof(PasswordRules).Assembly.GetManifestResourceStream(
            typeof(PasswordRules), "CommonPasswords.txt")!;
        using var reader = new StreamReader(
            file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
        return reader.ReadToEnd();
    }
}
