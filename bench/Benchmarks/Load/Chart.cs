using System.Globalization;
using System.Text;

namespace CleanJwt.Benchmarks.Load;

/// <summary>Draws bars, as long as the ratios are.</summary>
internal static class Chart
{
    private const int RowHeight = 28;
    private const int LabelWidth = 400;
    private const int BarWidth = 420;
    private const int Margin = 16;

    public static string Draw(List<Measured> measured)
    {
        var height = (measured.Count * RowHeight) + (3 * Margin);
        var svg = new StringBuilder();
        Line($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LabelWidth + BarWidth + 80} {height}" font-family="sans-serif" font-size="13">""");
        Line($"""<rect width="100%" height="100%" fill="white"/>""");
        Line($"""<text x="{Margin}" y="{Margin + 6}" font-weight="bold">Requests a second, bare Kestrel = 1</text>""");
        for (var i = 0; i < measured.Count; i++)
        {
            var (one, y) = (measured[i], (2 * Margin) + (i * RowHeight));
            var isVoid = one.IsVoidBeside(measured[0]);
            var ratio = isVoid ? 0 : one.RatioTo(measured[0]);
            var label = $"{one.Case.Who}: {one.Case.What}".Replace("`", "", StringComparison.Ordinal);
            var color = one.Case.Who == "CleanJwt" ? "#0b6e4f" : "#9aa5b1";
            Line($"""<text x="{LabelWidth - 8}" y="{y + 17}" text-anchor="end">{label}</text>""");
            Line($"""<rect x="{LabelWidth}" y="{y + 4}" width="{Math.Max(1, ratio * BarWidth):F1}" height="{RowHeight - 10}" fill="{color}"/>""");
            Line($"""<text x="{LabelWidth + Math.Max(1, ratio * BarWidth) + 6:F1}" y="{y + 17}">{(isVoid ? "void" : FormattableString.Invariant($"{ratio:F3}"))}</text>""");
        }

        svg.AppendLine("</svg>");
        return svg.ToString();

        void Line(FormattableString text) => svg.AppendLine(text.ToString(CultureInfo.InvariantCulture));
    }
}
