using System.Data.Common;
using System.Security.Cryptography;
using CleanJwt.Infrastructure.Persistence;
using CleanJwt.Infrastructure.Persistence.Setup;
using CleanJwt.Infrastructure.Settings;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.Keys;

/// <summary>The secrets in the database that nodes share and never change, under Data Protection.</summary>
internal sealed class SecretStore(IDataProtectionProvider dataProtection, ProtectingKeys protectingKeys)
{
    /// <summary>What the keys of password tries are made with.</summary>
    public const string PasswordAttempts = "password-attempts";

    private const int Size = 32;

    /// <summary>Makes what is missing, unless what it would lie under is missing, too: then the start is about to fail for that.</summary>
    /// <remarks>The caller holds the migration lock, and has made the Data Protection key of a new database.</remarks>
    public async Task EnsureAsync(IDatabaseSetup setup, CancellationToken cancellationToken)
    {
        if (Find(setup, PasswordAttempts) is null && protectingKeys.AreUsable)
        {
            await using var db = setup.OpenContext();
            await AddAsync(db, PasswordAttempts, cancellationToken);
        }
    }

    /// <summary>Puts new ones in the place of all there are, which need not be readable.</summary>
    /// <remarks>For a database that no node is serving, and with a Data Protection key that can be used.</remarks>
    public async Task ReplaceAllAsync(AppDbContext db, CancellationToken cancellationToken)
    {
        await db.Secrets.ExecuteDeleteAsync(cancellationToken);
        await db.PasswordAttempts.ExecuteDeleteAsync(cancellationToken); // nobody finds them any more
        await AddAsync(db, PasswordAttempts, cancellationToken);
    }

    /// <exception cref="StartException">There is none, or it can't be decrypted. None is made in its place.</exception>
    public byte[] Load(DbConnection connection, string name)
    {
        var stored = Find(connection, name)
            ?? throw new StartException($"The database has no secret '{name}' yet: run the command 'migrate', or set Database:MigrateOnStart to true.");
        if (!protectingKeys.AreUsable)
        {
            throw protectingKeys.MissingFor("secrets");
        }

        try
        {
            return ProtectorOf(name).Unprotect(stored);
        }
        catch (CryptographicException)
        {
            throw protectingKeys.MissingFor("secrets");
        }
    }

    private static byte[]? Find(IDatabaseSetup setup, string name)
    {
        using var connection = setup.OpenConnection();
        return Find(connection, name);
    }

    // Every start does this, and it needs nothing of EF Core.
    private static byte[]? Find(DbConnection connection, string name)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT ProtectedValue FROM Secrets WHERE Name = @name";
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = ("@name", name);
        command.Parameters.Add(parameter);
        return (byte[]?)command.ExecuteScalar();
    }

    private async Task AddAsync(AppDbContext db, string name, CancellationToken cancellationToken)
    {
        db.Secrets.Add(new SecretRow { Name = name, ProtectedValue = ProtectorOf(name).Protect(RandomNumberGenerator.GetBytes(Size)) });
        await db.SaveChangesAsync(cancellationToken);
    }

    private IDataProtector ProtectorOf(string name) => dataProtection.CreateProtector("CleanJwt.Secret.v1", name);
}
