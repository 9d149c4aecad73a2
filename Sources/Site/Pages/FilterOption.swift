import Mustache

/// A value that can be chosen, and how many items there would be.
package struct FilterOption: Sendable {
    /// The attribute whose value it is.
    package let field: String
    package let value: String
    /// The value in the language of the page.
    package let optionText: String
    package let optionCount: String
    package let isSelected: Bool

    package init(_ field: String, _ value: String, count: Int, isSelected: Bool, in language: Language) {
        self.field = field
        self.value = value
        optionText = language.value(value, of: field)
        optionCount = language.number(count)
        self.isSelected = isSelected
    }
}

extension FilterOption: MustacheParent {
    /// The property of a name. Hundreds of options stand on a page, and finding their properties by reflection took most
    /// of the time of rendering it.
    package func child(named name: String) -> Any? {
        switch name {
        case "field": field
        case "value": value
        case "optionText": optionText
        case "optionCount": optionCount
        case "isSelected": isSelected
        default: nil
        }
    }
}
