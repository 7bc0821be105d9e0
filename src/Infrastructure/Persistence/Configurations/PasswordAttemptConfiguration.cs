using System.Buffers.Binary;
using CleanJwt.Domain.Passwords;
using CleanJwt.Infrastructure.Passwords.Throttle;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace CleanJwt.Infrastructure.Persistence.Configurations;

internal sealed class PasswordAttemptConfiguration : IEntityTypeConfiguration<PasswordAttemptRow>
{
    public void Configure(EntityTypeBuilder<PasswordAttemptRow> builder)
    {
        builder.ToTable("PasswordAttempts");
        builder.HasKey(row => row.Key);
        builder.Property(row => row.Key).HasMaxLength(AttemptKey.Size);
        builder.Property(row => row.Attempts).HasConversion<PasswordAttemptsConverter>();
        builder.HasIndex(row => row.ExpiresAt);
    }
}

/// <summary>
/// Writes the time of the pause, or zero, followed by the attempts, and by the two counts of limits that have them. A
/// node of an older version does not read the counts.
/// </summary>
internal sealed class PasswordAttemptsConverter()
    : ValueConverter<PasswordAttempts, byte[]>(attempts => Write(attempts), bytes => Read(bytes))
{
    private const int MomentSize = sizeof(long);
    private const int IdSize = 16;
    private const int AttemptSize = IdSize + MomentSize + 1;
    private const int CountsSize = 2 * sizeof(int);

    internal static byte[] Write(PasswordAttempts attempts)
    {
        var hasCounts = attempts is { PauseCount: > 0 } or { InARow: > 0 };
        var bytes = new byte[
            MomentSize + (attempts.All.Count * AttemptSize) + (hasCounts ? CountsSize : 0)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, attempts.PausedAt?.UtcTicks ?? 0);
        var rest = bytes.AsSpan(MomentSize);
        foreach (var one in attempts.All)
        {
            one.Id.TryWriteBytes(rest, bigEndian: true, out _);
            BinaryPrimitives.WriteInt64BigEndian(rest[IdSize..], one.At.UtcTicks);
            rest[AttemptSize - 1] = one.IsWrong ? (byte)1 : (byte)0;
            rest = rest[AttemptSize..];
        }

        if (hasCounts)
        {
            BinaryPrimitives.WriteInt32BigEndian(rest, attempts.PauseCount);
            BinaryPrimitives.WriteInt32BigEndian(rest[sizeof(int)..], attempts.InARow);
        }

        return bytes;
    }

    internal static PasswordAttempts Read(byte[] bytes)
    {
        var all = new List<PasswordAttempt>();
        var rest = bytes.AsSpan(MomentSize);
        for (; rest.Length >= AttemptSize; rest = rest[AttemptSize..])
        {
            var id = new Guid(rest[..IdSize], bigEndian: true);
            all.Add(new PasswordAttempt(id, Moment(rest[IdSize..]), IsWrong: rest[AttemptSize - 1] == 1));
        }

        var attempts = new PasswordAttempts(all, Moment(bytes) is { Ticks: > 0 } pausedAt ? pausedAt : null);
        return rest.Length < CountsSize
            ? attempts
            : attempts with
            {
                PauseCount = BinaryPrimitives.ReadInt32BigEndian(rest),
                InARow = BinaryPrimitives.ReadInt32BigEndian(rest[sizeof(int)..]),
            };
    }

    private static DateTimeOffset Moment(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadInt64BigEndian(bytes), TimeSpan.Zero);
}
