/// Texts by number, in the order of their first appearance.
struct Numbering: Sendable {
    private var numbers: [String: Int32] = [:]

    /// The number of a text, a new one for a new text. O(length).
    mutating func number(of text: String) -> Int32 {
        if let number = numbers[text] { return number }
        let number = Int32(numbers.count)
        numbers[text] = number
        return number
    }
}
