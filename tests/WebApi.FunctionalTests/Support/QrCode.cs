using System.Buffers.Binary;
using System.IO.Compression;
using ZXing;
using ZXing.QrCode;

namespace CleanJwt.WebApi.FunctionalTests.Support;

/// <summary>Reads a QR code from the PNG image that the service draws: one bit a pixel, no filters, no palette.</summary>
internal static class QrCode
{
    private const int HeaderSize = 8;

    public static string Read(string dataUri)
    {
        var png = Convert.FromBase64String(dataUri.Split("base64,")[1]);
        var (width, height) = (0, 0);
        using var rows = new MemoryStream();
        using var pixels = new MemoryStream();
        for (var at = HeaderSize; at < png.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
            var type = png.AsSpan(at + 4, 4);
            var content = png.AsSpan(at + 8, length);
            if (type.SequenceEqual("IHDR"u8))
            {
                width = BinaryPrimitives.ReadInt32BigEndian(content);
                height = BinaryPrimitives.ReadInt32BigEndian(content[4..]);
                Assert.That(content[8..].ToArray(), Is.EqualTo(new byte[] { 1, 0, 0, 0, 0 }), "one bit, gray");
            }
            else if (type.SequenceEqual("IDAT"u8))
            {
                pixels.Write(content);
            }

            at += length + 12;
        }

        pixels.Position = 0;
        using var inflated = new ZLibStream(pixels, CompressionMode.Decompress);
        inflated.CopyTo(rows);
        return Decode(width, height, rows.ToArray());
    }

    private static string Decode(int width, int height, byte[] rows)
    {
        var stride = 1 + ((width + 7) / 8); // a byte for the filter stands before each row
        var gray = new byte[width * height];
        for (var y = 0; y < height; y++)
        {
            Assert.That(rows[y * stride], Is.EqualTo(0), "no filter");
            for (var x = 0; x < width; x++)
            {
                var bit = (rows[(y * stride) + 1 + (x / 8)] >> (7 - (x % 8))) & 1;
                gray[(y * width) + x] = bit == 1 ? byte.MaxValue : byte.MinValue;
            }
        }

        var source = new RGBLuminanceSource(gray, width, height, RGBLuminanceSource.BitmapFormat.Gray8);
        var found = new QRCodeReader().decode(new BinaryBitmap(new ZXing.Common.HybridBinarizer(source)));
        return found?.Text ?? throw new AssertionException("The image holds no QR code that can be read.");
    }
}
