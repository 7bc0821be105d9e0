using CleanJwt.Domain.Mail;
using CleanJwt.Infrastructure.Mail;
using CleanJwt.Infrastructure.Settings;

namespace CleanJwt.Infrastructure.IntegrationTests.Mail;

/// <summary>The templates of mails, those of the service and those of an operator.</summary>
internal sealed class WritingMails
{
    private readonly TemporaryFolder _folder = new();

    [TearDown]
    public void Clean() => _folder.Dispose();

    [Test]
    public void BuiltInTemplates_AreWholeInBothLanguages()
    {
        var templates = new MailTemplates(path: null);
        Assert.That(templates.Languages, Is.EquivalentTo(new[] { "de", "en" }));
        Assert.That(templates.Check, Throws.Nothing);
    }

    [Test]
    public void Values_AreEncodedInHtmlAndNotInText()
    {
        var text = new MailTemplates(path: null).Render(
            MailKinds.SignUpTaken, "en", new Dictionary<string, string> { ["service"] = "A & <b>B</b>" });
        Assert.That(text.Subject, Is.EqualTo("You already have an account at A & <b>B</b>"));
        Assert.That(text.Text, Does.Contain("sign up for A & <b>B</b>"));
        Assert.That(text.Html, Does.Contain("sign up for A &amp; &lt;b&gt;B&lt;/b&gt;").And.Not.Contain("<b>"));
    }

    [Test]
    public void OperatorsFile_ReplacesOneAndTheOthersStay()
    {
        Write("en/sign-up-taken.txt", "Hello from {{service}}\n\nYou have an account.\n");
        var text = Load().Render(
            MailKinds.SignUpTaken, "en", new Dictionary<string, string> { ["service"] = "Shop" });
        Assert.That(text.Subject, Is.EqualTo("Hello from Shop"));
        Assert.That(text.Text, Is.EqualTo("You have an account.\n"));
        Assert.That(text.Html, Does.Contain("Someone, probably you"));
    }

    [TestCase("en/reset-password.txt", "Subject\n\n{{cod}}", "'en/reset-password.txt' has the unknown placeholder '{{cod}}'")]
    [TestCase("en/sign-up-taken.html", "{{code}}", "'en/sign-up-taken.html' has the unknown placeholder '{{code}}'")]
    [TestCase("en/frame.html", "{{content}} {{code}}", "'en/frame.html' has the unknown placeholder '{{code}}'")]
    [TestCase("en/frame.html", "Nothing", "'en/frame.html' lacks the placeholder '{{content}}'")]
    [TestCase("pt-BR/reset-password.txt", "x", "The folder 'pt-br' in Mail:TemplatesPath is no language")]
    [TestCase("en/reset.txt", "Subject\n\nText", "'en/reset.txt' in Mail:TemplatesPath is no mail template")]
    [TestCase("fr/reset-password.txt", "Sujet\n\nTexte", "'fr/frame.html' is missing in Mail:TemplatesPath")]
    [TestCase("en/reset-password.txt", "A subject and nothing else", "'en/reset-password.txt' has no text after its subject")]
    public void BadTemplate_StopsTheStartWithALine(string file, string content, string line)
    {
        Write(file, content);
        var failure = Assert.Throws<StartException>(() => Load().Check());
        Assert.That(failure.Message, Does.Contain(line).And.Not.Contain("\n"));
    }

    [Test]
    public void FoldersOfTheFileSystem_AreNoLanguages()
    {
        Write("..data/x.txt", "x");
        Directory.CreateDirectory(Path.Combine(PathOfThisTest, "lost+found"));
        Assert.That(Load().Languages, Is.EquivalentTo(new[] { "de", "en" }));
    }

    [Test]
    public void WholeLanguage_IsUsedForThoseWhoPreferIt()
    {
        foreach (var name in typeof(MailTemplates).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith("MailTemplates/en/", StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(typeof(MailTemplates).Assembly.GetManifestResourceStream(name)!);
            Write($"fr/{Path.GetFileName(name)}", reader.ReadToEnd());
        }

        Assert.That(Load().LanguageFor("fr-CA, de;q=0.9"), Is.EqualTo("fr"));
    }

    private MailTemplates Load() => new(PathOfThisTest);

    private string PathOfThisTest => Path.Combine(_folder.Path, TestContext.CurrentContext.Test.ID);

    private void Write(string file, string content)
    {
        var path = Path.Combine(PathOfThisTest, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }
}
