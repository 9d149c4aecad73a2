/// Header fields in order, looked up without regard to case (RFC 9110, section 5).
public struct HTTPHeaders: Sendable, ExpressibleByDictionaryLiteral {
    /// The fields as (name, value), in the order in which they came or were added.
    public private(set) var fields: [(name: String, value: String)] = []

    /// No fields.
    public init() {}

    /// Fields from a literal, in its order.
    public init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { (name: $0.0, value: $0.1) }
    }

    /// The first value of a field; setting replaces every value of it, or removes it with `nil`. O(n) fields.
    public subscript(name: String) -> String? {
        get { fields.first { $0.name.lowercased() == name.lowercased() }?.value }
        set {
            fields.removeAll { $0.name.lowercased() == name.lowercased() }
            if let newValue { fields.append((name: name, value: newValue)) }
        }
    }

    /// Every value of a field, in order. O(n) fields.
    public func values(of name: String) -> [String] {
        fields.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }

    /// Adds a value and keeps those already there.
    public mutating func add(_ value: String, to name: String) {
        fields.append((name: name, value: value))
    }
}
