/// The series of one name.
struct MetricFamily: Sendable {
    /// The types of the text format that are used here.
    enum Kind: String {
        case counter
        case gauge
        case histogram
    }

    let kind: Kind
    /// By their labels as they are written.
    var series: [String: MetricSeries] = [:]

    /// The family's lines.
    func text(name: String) -> String {
        var text = "# TYPE \(name) \(kind.rawValue)\n"
        for (labels, series) in series.sorted(by: { $0.key < $1.key }) {
            let value = series.snapshot
            guard kind == .histogram else {
                text += "\(name)\(Self.braces(labels)) \(Self.text(of: value.sum))\n"
                continue
            }
            var below: UInt64 = 0
            for (bound, count) in zip(series.buckets, value.counts) {
                below += count
                let bucket = Self.braces(labels, "le=\"\(Self.text(of: bound))\"")
                text += "\(name)_bucket\(bucket) \(below)\n"
            }
            text += "\(name)_bucket\(Self.braces(labels, "le=\"+Inf\"")) \(value.count)\n"
            text += "\(name)_sum\(Self.braces(labels)) \(Self.text(of: value.sum))\n"
            text += "\(name)_count\(Self.braces(labels)) \(value.count)\n"
        }
        return text
    }

    /// A name with every byte that is not allowed in one replaced by `_`.
    static func validName(_ name: String) -> String {
        let valid = name.map { character -> Character in
            character.isASCII && (character.isLetter || character.isNumber || character == "_" || character == ":")
                ? character : "_"
        }
        return valid.first?.isNumber ?? true ? "_" + String(valid) : String(valid)
    }

    /// `a="1",b="2"`, in the order of the names, values escaped.
    static func text(ofLabels labels: [(String, String)]) -> String {
        labels.sorted { $0.0 < $1.0 }.map { name, value in
            var escaped = ""
            for character in value.unicodeScalars {
                switch character {
                case "\\": escaped += "\\\\"
                case "\"": escaped += "\\\""
                case "\n": escaped += "\\n"
                default: escaped.unicodeScalars.append(character)
                }
            }
            return "\(validName(name).replacing(":", with: "_"))=\"\(escaped)\""
        }.joined(separator: ",")
    }

    private static func braces(_ labels: String, _ more: String = "") -> String {
        let all = labels.isEmpty || more.isEmpty ? labels + more : labels + "," + more
        return all.isEmpty ? "" : "{\(all)}"
    }

    /// Whole numbers without a fraction; the names of the format for what is not finite.
    private static func text(of number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Inf" : "+Inf" }
        return Int64(exactly: number).map(String.init) ?? String(number)
    }
}
