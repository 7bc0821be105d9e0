using Microsoft.Extensions.Options;

namespace CleanJwt.WebApi.AccountPages;

/// <summary>The settings <c>AccountPages:*</c>: the pages on which people manage their accounts.</summary>
public sealed class AccountPagesOptions
{
    public const string SectionName = "AccountPages";

    /// <summary>Whether the service serves the pages. A product with pages of its own can turn them off.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>The name that the pages show. <c>Mail:FromName</c> unless it is set.</summary>
    public string? Name { get; init; }

    /// <summary>
    /// The path of a CSS file that changes the look of the pages. A relative path starts at the content root. The
    /// service reads the file at the first page.
    /// </summary>
    public string? Stylesheet { get; init; }

    internal string? StylesheetIn(IHostEnvironment environment) => Stylesheet is { Length: > 0 } path
        ? Path.Combine(environment.ContentRootPath, path)
        : null;
}

internal sealed class AccountPagesRule(IHostEnvironment environment) : IValidateOptions<AccountPagesOptions>
{
    public ValidateOptionsResult Validate(string? name, AccountPagesOptions options) =>
        options.StylesheetIn(environment) is { } path && !File.Exists(path)
            ? ValidateOptionsResult.Fail(
                $"AccountPages:Stylesheet is '{path}', which is not a file; allowed: the path of a CSS file.")
            : ValidateOptionsResult.Success;
}
