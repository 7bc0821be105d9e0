using System.Collections.Frozen;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace CleanJwt.WebApi.AccountPages;

/// <summary>A file of the account pages, as it is and compressed.</summary>
internal sealed record AccountAsset(string ContentType, byte[] Bytes, byte[] Gzipped);

/// <summary>
/// The files of the account pages, from the assembly. One version stands for all of them: the hash of their contents.
/// Addresses that hold it never change their content, so browsers keep such a file for good.
/// </summary>
internal sealed partial class AccountAssets
{
    /// <summary>The name of the operator's stylesheet among the files.</summary>
    public const string OperatorsStylesheet = "operator.css";

    private const string Document = "index.html";
    private const string ResourcePrefix = "account/";

    private readonly FrozenDictionary<string, AccountAsset> _files;

    public AccountAssets(AccountPagesOptions options, IHostEnvironment environment)
    {
        var sources = Resources();
        if (options.StylesheetIn(environment) is { } path)
        {
            sources[OperatorsStylesheet] = File.ReadAllBytes(path);
        }

        Version = VersionOf(sources);
        Template = Encoding.UTF8.GetString(sources[Document]);
        sources.Remove(Document);
        _files = sources.ToFrozenDictionary(source => source.Key, source => Asset(source.Key, source.Value));
    }

    public string Version { get; }

    /// <summary>The document of every page, with its placeholders.</summary>
    public string Template { get; }

    public AccountAsset? Find(string name) => _files.GetValueOrDefault(name);

    private static SortedDictionary<string, byte[]> Resources()
    {
        var assembly = typeof(AccountAssets).Assembly;
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var name in assembly.GetManifestResourceNames().Where(name => IsOfThePages(name)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            files[name[ResourcePrefix.Length..].Replace('\\', '/')] = bytes;
        }

        return files;
    }

    private static bool IsOfThePages(string resource) => resource.StartsWith(ResourcePrefix, StringComparison.Ordinal);

    private static string VersionOf(SortedDictionary<string, byte[]> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, bytes) in files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(name));
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));
    }

    // A module imports others by their names. The version makes these addresses as lasting as its own.
    private AccountAsset Asset(string name, byte[] bytes)
    {
        var content = Path.GetExtension(name) == ".js"
            ? Encoding.UTF8.GetBytes(ImportOfAFile().Replace(Encoding.UTF8.GetString(bytes), $"$0?v={Version}"))
            : bytes;
        using var gzipped = new MemoryStream();
        using (var gzip = new GZipStream(gzipped, CompressionLevel.SmallestSize))
        {
            gzip.Write(content);
        }

        return new AccountAsset(ContentTypeOf(name), content, gzipped.ToArray());
    }

    private static string ContentTypeOf(string name) => Path.GetExtension(name) switch
    {
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => "application/octet-stream",
    };

    [GeneratedRegex(@"(?<=\b(?:from |import\(|import )')\.{1,2}/[\w./-]+\.js(?=')")]
    private static partial Regex ImportOfAFile();
}
