using System.Net;
using System.Reflection;
using System.Text.RegularExpressions;
using CleanJwt.Domain.Mail;
using CleanJwt.Infrastructure.Settings;
using Microsoft.Net.Http.Headers;

namespace CleanJwt.Infrastructure.Mail;

/// <summary>
/// Writes the texts of mails. Each template is a text whose first line is the subject, and a fragment of HTML that
/// stands in a common frame. The only markup is <c>{{name}}</c>.
/// </summary>
/// <param name="path">The folder of <c>Mail:TemplatesPath</c>, if any.</param>
internal sealed partial class MailTemplates(string? path)
{
    /// <summary>The mail of <see cref="MailKinds.ConfirmEmail"/> that holds a link and no code.</summary>
    public const string ConfirmEmailByLink = "confirm-email-link";

    private const string DefaultLanguage = "en";
    private const string Frame = "frame.html";
    private const string Changes = "changes.txt";
    private const string ContentPlaceholder = "content";

    private static readonly string[] WithCode = ["service", "code", "link", "minutes"];
    private static readonly string[] OfAnAct = ["service", "time", "device", "ipAddress"];

    /// <summary>The placeholders of each template.</summary>
    private static readonly Dictionary<string, string[]> Placeholders = new()
    {
        [MailKinds.ConfirmSignUp] = WithCode,
        [MailKinds.SignUpTaken] = ["service"],
        [MailKinds.ConfirmEmail] = WithCode,
        [ConfirmEmailByLink] = ["service", "link", "minutes"],
        [MailKinds.ResetPassword] = WithCode,
        [MailKinds.PasswordChanged] = OfAnAct,
        [MailKinds.NewSignIn] = OfAnAct,
        [MailKinds.AccountLocked] = ["service", "time"],
        [MailKinds.AccountDeleted] = OfAnAct,
        [MailKinds.SecondFactorChanged] = [.. OfAnAct, "change"],
        [MailKinds.FewRecoveryCodes] = OfAnAct,
    };

    private readonly Lazy<Dictionary<string, Dictionary<string, string>>> _files = new(() => Load(path));

    /// <summary>The languages that mails are written in.</summary>
    public IReadOnlyCollection<string> Languages => _files.Value.Keys;

    /// <summary>Loads all templates and renders each once.</summary>
    /// <exception cref="StartException">A file is missing, or has an unknown placeholder.</exception>
    public void Check()
    {
        foreach (var language in Languages)
        {
            foreach (var (template, names) in Placeholders)
            {
                Render(template, language, names.ToDictionary(name => name, _ => "x"));
            }

            foreach (var change in SecondFactorChanges.All)
            {
                TextOfChange(change, language, service: "x");
            }
        }
    }

    /// <returns>The language of the templates that a client prefers.</returns>
    /// <param name="acceptLanguage">An <c>Accept-Language</c> header (RFC 9110, section 12.5.4), or null.</param>
    public string LanguageFor(string? acceptLanguage)
    {
        if (!StringWithQualityHeaderValue.TryParseList([acceptLanguage ?? ""], out var accepted))
        {
            return DefaultLanguage;
        }

        return accepted
            .Where(language => language.Quality is not 0)
            .OrderByDescending(language => language.Quality ?? 1)
            .Select(language => language.Value.Value!.Split('-')[0].ToLowerInvariant())
            .FirstOrDefault(Languages.Contains) ?? DefaultLanguage;
    }

    /// <param name="values">A value for each placeholder of the template.</param>
    public MailText Render(string template, string language, IReadOnlyDictionary<string, string> values)
    {
        var files = _files.Value[language];
        var text = Fill($"{language}/{template}.txt", files[$"{template}.txt"], values, isHtml: false);
        var endOfSubject = text.IndexOf('\n', StringComparison.Ordinal);
        if (endOfSubject < 0)
        {
            throw new StartException(
                $"The mail template '{language}/{template}.txt' has no text after its subject, the first line.");
        }

        var content = Fill($"{language}/{template}.html", files[$"{template}.html"], values, isHtml: true);
        var html = Fill(
            $"{language}/{Frame}",
            files[Frame],
            new Dictionary<string, string> { ["service"] = values["service"], ["language"] = language },
            isHtml: true,
            content);
        return new MailText(text[..endOfSubject].Trim(), text[(endOfSubject + 1)..].Trim() + "\n", html);
    }

    /// <summary>
    /// The sentence for a change of second factors. The file has a line for each: its name, a colon and the sentence.
    /// </summary>
    /// <param name="change">One of <see cref="SecondFactorChanges"/>.</param>
    public string TextOfChange(string change, string language, string service)
    {
        var line = _files.Value[language][Changes].Split('\n')
            .FirstOrDefault(line => line.StartsWith($"{change}:", StringComparison.Ordinal))
            ?? throw new StartException($"The mail template '{language}/{Changes}' has no line '{change}: …'.");
        return Fill(
            $"{language}/{Changes}",
            line[(change.Length + 1)..].Trim(),
            new Dictionary<string, string> { ["service"] = service },
            isHtml: false);
    }

    private static string Fill(
        string file, string text, IReadOnlyDictionary<string, string> values, bool isHtml, string? content = null) =>
        Placeholder().Replace(text, match =>
        {
            var name = match.Groups[1].Value.Trim();
            if (content is not null && name == ContentPlaceholder)
            {
                return content;
            }

            if (!values.TryGetValue(name, out var value))
            {
                throw new StartException(
                    $"The mail template '{file}' has the unknown placeholder '{{{{{name}}}}}'; allowed: "
                    + $"{string.Join(", ", values.Keys.Select(known => $"{{{{{known}}}}}"))}.");
            }

            return isHtml ? WebUtility.HtmlEncode(value) : value;
        });

    private static Dictionary<string, Dictionary<string, string>> Load(string? path)
    {
        var files = BuiltIn();
        if (path is null)
        {
            return files;
        }

        if (!Directory.Exists(path))
        {
            throw new StartException($"Mail:TemplatesPath is '{path}', which is no folder; allowed: a folder.");
        }

        try
        {
            Load(path, files);
            return files;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The mail templates in Mail:TemplatesPath can't be read: {exception.Message}");
        }
    }

    private static void Load(string path, Dictionary<string, Dictionary<string, string>> files)
    {
        string[] names = [Frame, Changes, .. Placeholders.Keys.SelectMany(name => new[] { $"{name}.txt", $"{name}.html" })];
        foreach (var folder in Directory.GetDirectories(path))
        {
            var language = Path.GetFileName(folder).ToLowerInvariant();
            if (language.StartsWith('.') || language == "lost+found")
            {
                continue; // a folder of the file system
            }

            if (!language.All(char.IsAsciiLetter))
            {
                throw new StartException(
                    $"The folder '{language}' in Mail:TemplatesPath is no language; allowed: names such as 'fr'.");
            }

            var texts = files.GetValueOrDefault(language) ?? [];
            foreach (var file in Directory.GetFiles(folder))
            {
                var name = Path.GetFileName(file);
                if (!names.Contains(name))
                {
                    throw new StartException(
                        $"'{language}/{name}' in Mail:TemplatesPath is no mail template; allowed: "
                        + $"{string.Join(", ", names)}.");
                }

                texts[name] = File.ReadAllText(file);
            }

            if (names.FirstOrDefault(name => !texts.ContainsKey(name)) is { } missing)
            {
                throw new StartException(
                    $"'{language}/{missing}' is missing in Mail:TemplatesPath. A language that the service does not "
                    + "have needs every template.");
            }

            if (!Placeholder().Matches(texts[Frame]).Any(match => match.Groups[1].Value.Trim() == ContentPlaceholder))
            {
                throw new StartException(
                    $"The mail template '{language}/{Frame}' lacks the placeholder '{{{{{ContentPlaceholder}}}}}'.");
            }

            files[language] = texts;
        }
    }

    private static Dictionary<string, Dictionary<string, string>> BuiltIn()
    {
        const string Prefix = "MailTemplates/";
        var assembly = typeof(MailTemplates).Assembly;
        return assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => (Path: name[Prefix.Length..].Split('/'), Text: Read(assembly, name)))
            .GroupBy(file => file.Path[0])
            .ToDictionary(language => language.Key, language => language.ToDictionary(
                file => file.Path[1], file => file.Text));
    }

    private static string Read(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"\{\{(.*?)\}\}")]
    private static partial Regex Placeholder();
}

/// <summary>The texts of one mail.</summary>
internal sealed record MailText(string Subject, string Text, string Html);
