using System.Buffers.Text;
using CleanJwt.Application.Ports;
using CleanJwt.Application.Sessions;
using CleanJwt.Infrastructure.IntegrationTests.Support;
using CleanJwt.Infrastructure.Tokens;
using Microsoft.AspNetCore.DataProtection;

namespace CleanJwt.Infrastructure.IntegrationTests.Tokens;

/// <summary>Refresh tokens, encrypted by Data Protection with the service's algorithms.</summary>
[FixtureLifeCycle(LifeCycle.SingleInstance)]
internal sealed class RefreshTokens
{
    private static readonly RefreshToken Token = new(new Guid("01936b1e-8f00-7abc-8def-0123456789ab"), 7);

    private readonly TemporaryFolder _folder = new();
    private Node _node = null!;
    private IRefreshTokenService _service = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _node = await Node.StartAsync(_folder.Path);
        _service = _node.Get<IRefreshTokenService>();
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await _node.DisposeAsync();
        _folder.Dispose();
    }

    [TestCase(1)]
    [TestCase(7)]
    [TestCase(int.MaxValue)]
    public void WrittenToken_IsReadAsWritten(int generation)
    {
        var text = _service.Write(Token with { Generation = generation });
        Assert.That(_service.TryRead(text, out var read));
        Assert.That(read, Is.EqualTo(Token with { Generation = generation }));
    }

    [TestCase(TokenTransport.Body, TokenTransport.Cookie)]
    [TestCase(TokenTransport.Cookie, TokenTransport.Body)]
    public void TokenOfOneTransport_IsNotReadForTheOther(TokenTransport written, TokenTransport asked)
    {
        var token = Token with { Transport = written };
        var text = _service.Write(token);
        Assert.That(_service.TryRead(text, asked, out _), Is.False);
        Assert.That(_service.TryRead(text, written, out var read) && read == token);
        Assert.That(_service.TryRead(text, out read) && read == token, "for other services, which see both kinds");
    }

    [Test]
    public async Task TokenOfANodeWithTheSameKeys_IsRead()
    {
        await using var other = await Node.StartAsync(_folder.Path);
        Assert.That(_service.TryRead(other.Get<IRefreshTokenService>().Write(Token), out var read) && read == Token);
    }

    [Test]
    public void SameTokenTwice_LooksDifferent()
    {
        var first = _service.Write(Token);
        Assert.That(_service.Write(Token), Is.Not.EqualTo(first));
    }

    [Test]
    public void Token_GoesIntoAnUrlAndAHeaderAsItIs() =>
        Assert.That(_service.Write(Token), Does.Match("^[A-Za-z0-9_-]{100,512}$"));

    [Test]
    public void Token_IsEncryptedInOnePass() =>
        Assert.That(
            File.ReadAllText(Directory.GetFiles(_node.KeyFolder).Single()),
            Does.Contain("<encryption algorithm=\"AES_256_GCM\""));

    /// <summary>The algorithms of earlier versions of this service. An operator may have set others, too.</summary>
    [Test]
    public async Task TokenUnderAKeyOfTheDefaultAlgorithms_IsReadAndSoIsWhatTheNodeWrites()
    {
        using var folder = new TemporaryFolder();
        var keys = Directory.CreateDirectory(Path.Combine(folder.Path, "data", "keys"));
        var before = new DataProtectedRefreshTokens(
            DataProtectionProvider.Create(keys, builder => builder.SetApplicationName("CleanJwt")));
        var text = before.Write(Token);
        await using var node = await Node.StartAsync(folder.Path);
        var service = node.Get<IRefreshTokenService>();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                File.ReadAllText(Directory.GetFiles(node.KeyFolder).Single()),
                Does.Contain("<encryption algorithm=\"AES_256_CBC\""));
            Assert.That(service.TryRead(text, out var read) && read == Token);
            Assert.That(before.TryRead(service.Write(Token), out read) && read == Token);
        }
    }

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
        var text = _service.Write(Token);
        for (var length = 0; length < text.Length; length++)
        {
            AssertUnreadable(text[..length]);
        }
    }

    [Test]
    public void EveryFlippedBit_IsNotRead()
    {
        var bytes = Base64Url.DecodeFromChars(_service.Write(Token));
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var flipped = bytes.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            AssertUnreadable(Base64Url.EncodeToString(flipped));
        }
    }

    [Test]
    public void TokenWithAByteMore_IsNotRead() =>
        AssertUnreadable(Base64Url.EncodeToString([.. Base64Url.DecodeFromChars(_service.Write(Token)), 0]));

    /// <summary>
    /// Base64url of a token under the default algorithms has unused bits. Tokens of this service have none.
    /// </summary>
    [Test]
    public void BitsLeftOver_AreNotForgiven()
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        var service = new DataProtectedRefreshTokens(new EphemeralDataProtectionProvider());
        var text = service.Write(Token);
        Assert.That(text.Length % 4, Is.EqualTo(3));
        var other = text[..^1] + Alphabet[Alphabet.IndexOf(text[^1], StringComparison.Ordinal) ^ 1];

        Assert.That(service.TryRead(other, out _), Is.False);
        Assert.That(service.TryRead(text, out _));
    }

    [Test]
    public void TokenOfAnotherInstance_IsNotRead() =>
        AssertUnreadable(new DataProtectedRefreshTokens(new EphemeralDataProtectionProvider()).Write(Token));

    [TestCase("CleanJwt.SigningKey.v1", 20, TestName = "for another purpose")]
    [TestCase("CleanJwt.RefreshToken.v1", 19, TestName = "a byte too short")]
    [TestCase("CleanJwt.RefreshToken.v1", 21, TestName = "a byte too long")]
    public void ProtectedByTheSameKeys_ButNotARefreshToken_IsNotRead(string purpose, int size) =>
        AssertUnreadable(Base64Url.EncodeToString(
            _node.Get<IDataProtectionProvider>().CreateProtector(purpose).Protect(new byte[size])));

    private void AssertUnreadable(string text)
    {
        Assert.That(_service.TryRead(text, out var token), Is.False, text);
        Assert.That(token, Is.Null);
    }
}
