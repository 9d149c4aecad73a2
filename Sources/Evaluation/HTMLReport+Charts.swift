import Foundation

extension HTMLReport {
    /// A figure from 0 to 1 as a bar with its interval.
    static func bar(_ estimate: Estimate) -> String {
        let (value, low, high) = (place(estimate.value, 120), place(estimate.low, 120), place(estimate.high, 120))
        return "<svg class=\"bar\" viewBox=\"0 0 120 12\" width=\"120\" height=\"12\" aria-hidden=\"true\">"
            + "<rect width=\"120\" height=\"12\" class=\"track\"/>"
            + "<rect width=\"\(value)\" height=\"12\" class=\"fill\"/>"
            + "<path d=\"M\(low) 6H\(high)M\(low) 3v6M\(high) 3v6\" class=\"whisker\"/></svg>"
    }

    /// Precision and F1 of the most frequent labels.
    var classChart: String {
        let k = report.setup.cutoffs[0]
        let shown = report.classes.prefix(30)
        let bars = shown.enumerated().map { index, row in
            let y = index * 22 + 24
            let precision = row.measures[Measure.precision(k, .category).name] ?? 0
            return "<text x=\"170\" y=\"\(y + 13)\" text-anchor=\"end\">\(Self.escape(row.label))</text>"
                + "<rect x=\"180\" y=\"\(y)\" width=\"\(Self.place(precision, 480))\" height=\"9\" class=\"fill\"/>"
                + "<rect x=\"180\" y=\"\(y + 9)\" width=\"\(Self.place(row.f1, 480))\" height=\"7\" class=\"second\"/>"
                + "<text x=\"668\" y=\"\(y + 13)\">\(TextReport.number(precision)) (\(row.count))</text>"
        }
        let height = shown.count * 22 + 30
        return "<svg class=\"chart\" viewBox=\"0 0 780 \(height)\" role=\"img\" aria-label=\"P@\(k) and F1 by label\">"
            + "<rect x=\"180\" y=\"4\" width=\"10\" height=\"10\" class=\"fill\"/><text x=\"194\" y=\"13\">P@\(k)</text>"
            + "<rect x=\"240\" y=\"4\" width=\"10\" height=\"10\" class=\"second\"/>"
            + "<text x=\"254\" y=\"13\">F1 of the vote (queries in brackets)</text>"
            + bars.joined(separator: "\n") + "</svg>"
    }

    /// The confusion matrix of the most frequent classes, each row as shares of its queries; the rest is one class.
    var confusion: String {
        guard let confusion = report.votes.first(where: { $0.facet == .category })?.confusion else { return "" }
        let shown = confusion.classes.prefix(22).map(\.label)
        let places = Dictionary(uniqueKeysWithValues: zip(shown, shown.indices))
        let size = shown.count + 1
        var counts = [[Int]](repeating: [Int](repeating: 0, count: size), count: size)
        for cell in confusion.cells {
            counts[places[cell.truth] ?? shown.count][places[cell.predicted] ?? shown.count] += cell.count
        }
        let names = shown + ["others"]
        let side = 28
        let left = 150
        var parts: [String] = []
        for (row, name) in names.enumerated() {
            let total = counts[row].reduce(0, +)
            guard total > 0 || row < shown.count else { continue }
            let y = left + row * side
            let x = left + row * side + side / 2
            parts.append("<text x=\"\(left - 6)\" y=\"\(y + 18)\" text-anchor=\"end\">\(Self.escape(name))</text>")
            for (column, count) in counts[row].enumerated() where count > 0 {
                let share = Double(count) / Double(total)
                let level = String(format: "%.2f", share)
                let cell = "x=\"\(left + column * side)\" y=\"\(y)\" width=\"\(side - 1)\" height=\"\(side - 1)\""
                parts.append(
                    "<rect \(cell) class=\"\(row == column ? "fill" : "wrong")\" fill-opacity=\"\(level)\"><title>"
                        + "\(Self.escape(name)) taken for \(Self.escape(names[column])): \(count)</title></rect>")
                if share >= 0.05 {
                    let at = "x=\"\(left + column * side + side / 2)\" y=\"\(y + 18)\""
                    parts.append("<text \(at) text-anchor=\"middle\">\(Int((share * 100).rounded()))</text>")
                }
            }
            parts.append("<text transform=\"translate(\(x + 4) \(left - 6)) rotate(-60)\">\(Self.escape(name))</text>")
        }
        // The column of the others is there even when no query of another class is.
        if counts[shown.count].allSatisfy({ $0 == 0 }) {
            let x = left + shown.count * side + side / 2
            parts.append("<text transform=\"translate(\(x + 4) \(left - 6)) rotate(-60)\">others</text>")
        }
        let width = left + size * side + 80
        return
            "<p>Rows: what it is. Columns: what the nearest items say. Per cent of the row. The others are all other "
            + "labels as one, so mistakes among them do not show.</p>"
            + "<svg class=\"chart\" viewBox=\"0 0 \(width) \(left + size * side)\" role=\"img\" "
            + "aria-label=\"Confusion matrix\">" + parts.joined(separator: "\n") + "</svg>"
    }

    private static func place(_ value: Double, _ width: Double) -> String {
        String(format: "%.1f", min(1, max(0, value)) * width)
    }

    static let style = """
        :root{color-scheme:light dark;--ink:#1c1f24;--soft:#5d6673;--paper:#fff;--line:#d9dee5;--fill:#3b6fb6;
        --second:#e0a03b;--wrong:#c8503c}
        @media(prefers-color-scheme:dark){:root{--ink:#e9ecf1;--soft:#a0a9b6;--paper:#15181d;--line:#343b45}}
        body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
        main{max-width:1080px;margin:auto;padding:24px}h2{margin:40px 0 12px}
        .headlines{display:flex;flex-wrap:wrap;gap:16px}
        .headlines div{border:1px solid var(--line);border-radius:10px;padding:12px 18px;display:grid}
        .headlines b{font-size:30px}.headlines small{color:var(--soft)}
        .wide{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums}
        th,td{padding:3px 12px 3px 0;text-align:left;border-bottom:1px solid var(--line);white-space:nowrap}
        svg text{fill:var(--ink);font-size:12px}.track{fill:var(--line)}.fill{fill:var(--fill)}
        .second{fill:var(--second)}.wrong{fill:var(--wrong)}.whisker{stroke:var(--ink);fill:none}
        .chart{width:100%;max-width:860px;height:auto}
        .example{display:flex;flex-wrap:wrap;gap:10px;margin:0 0 18px;padding-bottom:10px;
        border-bottom:1px solid var(--line)}
        figure{margin:0;width:140px}figure img,.missing{width:140px;height:160px;object-fit:contain;background:#fff;
        border:2px solid var(--line);border-radius:8px;box-sizing:border-box}
        .fits img{border-color:#3d9a5f}.misses img{border-color:var(--wrong)}
        figcaption{font-size:12px;color:var(--soft)}
        """
}
