using System.Buffers.Text;
using CleanJwt.Application.Abstractions;
using CleanJwt.Infrastructure.Tokens;
using Microsoft.AspNetCore.DataProtection;

namespace CleanJwt.Infrastructure.IntegrationTests;

/// <summary>Refresh tokens under Data Protection.</summary>
internal sealed class RefreshTokens
{
    private static readonly RefreshToken Token = new(new Guid("01936b1e-8f00-7abc-8def-0123456789ab"), 7);

    private readonly EphemeralDataProtectionProvider _keys = new();

    [TestCase(1)]
    [TestCase(7)]
    [TestCase(int.MaxValue)]
    public void WrittenToken_IsReadAsWritten(int generation)
    {
        var service = new DataProtectedRefreshTokens(_keys);
        var text = service.Write(Token with { Generation = generation });
        Assert.That(service.TryRead(text, out var read));
        Assert.That(read, Is.EqualTo(Token with { Generation = generation }));
    }

    [Test]
    public void TokenOfANodeWithTheSameKeys_IsRead() =>
        Assert.That(new DataProtectedRefreshTokens(_keys).TryRead(new DataProtectedRefreshTokens(_keys).Write(Token), out var read) && read == Token);

    [Test]
    public void SameTokenTwice_LooksDifferent()
    {
        var service = new DataProtectedRefreshTokens(_keys);
        var first = service.Write(Token);
        Assert.That(service.Write(Token), Is.Not.EqualTo(first));
    }

    [Test]
    public void Token_GoesIntoAnUrlAndAHeaderAsItIs() =>
        Assert.That(new DataProtectedRefreshTokens(_keys).Write(Token), Does.Match("^[A-Za-z0-9_-]{100,512}$"));

    [TestCase("", TestName = "empty")]
    [TestCase(" ", TestName = "white space")]
    [TestCase("garbage", TestName = "a word")]
    [TestCase("\0", TestName = "NUL")]
    [TestCase("caf\u00E9", TestName = "not ASCII")]
    [TestCase("\uD800", TestName = "half a surrogate pair")]
    [TestCase("CfDJ8", TestName = "Data Protection's first bytes")]
    [TestCase("eyJhbGciOiJFUzI1NiJ9.e30.AA", TestName = "a JWT")]
    public void Garbage_IsNotRead(string text) => AssertUnreadable(text);

    [TestCase(513)]
    [TestCase(1_000_000)]
    public void TooLong_IsNotRead(int length) => AssertUnreadable(new string('A', length));

    [Test]
    public void EveryTruncation_IsNotRead()
    {
        var text = new DataProtectedRefreshTokens(_keys).Write(Token);
        for (var length = 0; length < text.Length; length++)
        {
            AssertUnreadable(text[..length]);
        }
    }

    [Test]
    public void EveryFlippedBit_IsNotRead()
    {
        var bytes = Base64Url.DecodeFromChars(new DataProtectedRefreshTokens(_keys).Write(Token));
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var flipped = bytes.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            AssertUnreadable(Base64Url.EncodeToString(flipped));
        }
    }

    [Test]
    public void TokenWithAByteMore_IsNotRead() =>
        AssertUnreadable(Base64Url.EncodeToString([.. Base64Url.DecodeFromChars(new DataProtectedRefreshTokens(_keys).Write(Token)), 0]));

    [Test]
    public void TokenOfAnotherInstance_IsNotRead() =>
        AssertUnreadable(new DataProtectedRefreshTokens(new EphemeralDataProtectionProvider()).Write(Token));

    [TestCase("CleanJwt.SigningKey.v1", 20, TestName = "for another purpose")]
    [TestCase("CleanJwt.RefreshToken.v1", 19, TestName = "a byte too short")]
    [TestCase("CleanJwt.RefreshToken.v1", 21, TestName = "a byte too long")]
    public void ProtectedByTheSameKeys_ButNotARefreshToken_IsNotRead(string purpose, int size) =>
        AssertUnreadable(Base64Url.EncodeToString(_keys.CreateProtector(purpose).Protect(new byte[size])));

    private void AssertUnreadable(string text)
    {
        Assert.That(new DataProtectedRefreshTokens(_keys).TryRead(text, out var token), Is.False, text);
        Assert.That(token, Is.Null);
    }
}
