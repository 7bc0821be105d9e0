using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Persistence.Setup;
using CleanJwt.Infrastructure.Persistence.Statements;
using CleanJwt.Infrastructure.Settings;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CleanJwt.Infrastructure.Keys;

/// <summary>The random secrets in the database. All nodes share them, and Data Protection encrypts them.</summary>
internal sealed class SecretStore(
    IDataProtectionProvider dataProtection,
    IOptions<DataProtectionOptions> dataProtectionOptions,
    DataProtectionKeys dataProtectionKeys)
{
    /// <summary>The secret that turns emails and networks into the keys of password attempts.</summary>
    public const string PasswordAttempts = "password-attempts";

    /// <summary>The secret from which the codes of mails are derived.</summary>
    public const string MailCodes = "mail-codes";

    /// <summary>The secret under which recovery codes are stored.</summary>
    public const string RecoveryCodes = "recovery-codes";

    // The row that holds the name of the application.
    private const string Application = "application";

    private const int Size = 32;

    private static readonly string[] Names = [PasswordAttempts, MailCodes, RecoveryCodes, Application];

    private readonly string _applicationName = dataProtectionOptions.Value.ApplicationDiscriminator!;

    /// <summary>
    /// Creates the missing secrets. Without a usable Data Protection key it creates none, and <see cref="Load"/> then
    /// fails.
    /// </summary>
    /// <remarks>
    /// The caller holds the migration lock, and has created the Data Protection key of a new database.
    /// </remarks>
    public async Task EnsureAsync(IDatabaseSetup setup, CancellationToken cancellationToken)
    {
        var missing = Names.Where(name => Find(setup, name) is null).ToList();
        if (missing.Count == 0)
        {
            return;
        }

        // A new database has no secret at all. One of an older version lacks some, and can decrypt the others.
        if (missing.Contains(PasswordAttempts) ? dataProtectionKeys.AreUsable : CanDecrypt(setup))
        {
            await using var db = setup.OpenContext();
            db.Secrets.AddRange(missing.Select(NewRow));
            await db.SaveChangesAsync(cancellationToken);
        }
    }

    /// <summary>Checks that the secrets were encrypted for this application.</summary>
    /// <remarks>
    /// Data Protection encrypts for one application name. A renamed application has all its keys, and can decrypt
    /// nothing.
    /// </remarks>
    /// <exception cref="StartException">They were encrypted for another one, which the message names.</exception>
    public void CheckApplication(DbConnection connection)
    {
        if (Find(connection, Application) is { } stored
            && Encoding.UTF8.GetString(stored) is var name
            && name != _applicationName)
        {
            throw new StartException(
                $"The database's keys and secrets were made for the application name '{name}', and this application is "
                + $"named '{_applicationName}' (SetApplicationName in KeyServices). Use the old name, "
                + "or run the command 'sessions end-all' to end every session and create new keys.");
        }
    }

    /// <summary>Replaces the secrets that can't be decrypted. The others stay, since recovery codes depend on one.</summary>
    /// <remarks>No node may serve the database meanwhile, and a Data Protection key must be usable.</remarks>
    public async Task ReplaceUnreadableAsync(AppDbContext db, CancellationToken cancellationToken)
    {
        var rows = await db.Secrets.ToListAsync(cancellationToken);
        var readable = rows.Where(row => row.Name != Application && TryUnprotect(row.Name, row.ProtectedValue) is not null)
            .Select(row => row.Name)
            .ToList();
        if (!readable.Contains(PasswordAttempts))
        {
            await db.PasswordAttempts.ExecuteDeleteAsync(cancellationToken); // their keys depend on the old secret
        }

        if (!readable.Contains(RecoveryCodes))
        {
            await db.RecoveryCodes.ExecuteDeleteAsync(cancellationToken); // none of them could be found again
        }

        await db.Secrets.Where(row => !readable.Contains(row.Name)).ExecuteDeleteAsync(cancellationToken);
        db.ChangeTracker.Clear();
        db.Secrets.AddRange(Names.Except(readable).Select(NewRow));
        await db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>Reads and decrypts one secret. It never creates a missing one.</summary>
    /// <exception cref="StartException">The secret is missing or can't be decrypted.</exception>
    public byte[] Load(DbConnection connection, string name)
    {
        var stored = Find(connection, name)
            ?? throw new StartException(
                $"The database has no secret '{name}' yet: run the command 'migrate', "
                + "or set Database:MigrateOnStart to true.");
        if (!dataProtectionKeys.AreUsable)
        {
            throw dataProtectionKeys.CannotDecrypt("secrets");
        }

        return TryUnprotect(name, stored) ?? throw dataProtectionKeys.CannotDecrypt("secrets");
    }

    private byte[]? TryUnprotect(string name, byte[] stored)
    {
        try
        {
            return ProtectorOf(name).Unprotect(stored);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static byte[]? Find(IDatabaseSetup setup, string name)
    {
        using var connection = setup.OpenConnection();
        return Find(connection, name);
    }

    // Every start reads a secret. Without EF Core the start is faster.
    private static byte[]? Find(DbConnection connection, string name)
    {
        using var command = connection.CreateCommand();
        command.CommandText = KeyStatements.Secret;
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = ("@name", name);
        command.Parameters.Add(parameter);
        return (byte[]?)command.ExecuteScalar();
    }

    private SecretRow NewRow(string name) => new()
    {
        Name = name,
        ProtectedValue = name == Application
            ? Encoding.UTF8.GetBytes(_applicationName)
            : ProtectorOf(name).Protect(RandomNumberGenerator.GetBytes(Size)),
    };

    private bool CanDecrypt(IDatabaseSetup setup)
    {
        using var connection = setup.OpenConnection();
        try
        {
            Load(connection, PasswordAttempts);
            return true;
        }
        catch (StartException)
        {
            return false; // the start says why, when it loads the secret
        }
    }

    private IDataProtector ProtectorOf(string name) => dataProtection.CreateProtector("CleanJwt.Secret.v1", name);
}
