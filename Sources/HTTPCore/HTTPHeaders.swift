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
        get { fields.first { Self.areSame($0.name, name) }?.value }
        set {
            fields.removeAll { Self.areSame($0.name, name) }
            if let newValue { fields.append((name: name, value: newValue)) }
        }
    }

    /// Every value of a field, in order. O(n) fields.
    public func values(of name: String) -> [String] {
        fields.filter { Self.areSame($0.name, name) }.map(\.value)
    }

    /// Whether two names are the same but for the case of ASCII letters; makes no copies, since names are compared many
    /// times a request.
    static func areSame(_ a: String, _ b: String) -> Bool {
        a.utf8.count == b.utf8.count && a.utf8.elementsEqual(b.utf8) { lower($0) == lower($1) }
    }

    private static func lower(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

    /// Adds a value and keeps those already there.
    public mutating func add(_ value: String, to name: String) {
        fields.append((name: name, value: value))
    }
}
