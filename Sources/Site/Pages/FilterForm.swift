import Recommender

/// Selects that narrow a listing down; sent by GET to the page they stand on.
package struct FilterForm: Sendable {
    /// One attribute with its values.
    package struct Choice: Sendable {
        package let attribute: String
        package let heading: String
        package let options: [Option]
    }

    /// One value.
    package struct Option: Sendable {
        package let value: String
        package let text: String
        package let isSelected: Bool
    }

    /// A filter that has no select here and must not get lost.
    package struct Hidden: Sendable {
        package let name: String
        package let content: String
    }

    package let action: String
    package let choices: [Choice]
    package let hidden: [Hidden]
    package let hasChoices: Bool
    package let isActive: Bool

    /// Reads the values of each attribute; one that has fewer than two is left out.
    package init(
        search: any ItemSearch, address: String, attributes: [String], parameters: SearchParameters
    ) throws {
        var choices: [Choice] = []
        for attribute in attributes {
            let values = try search.values(of: attribute)
            guard values.count > 1 else { continue }
            let selected = Set(parameters.filters.filter { $0.name == attribute }.map { $0.value.lowercased() })
            let options = values.sorted { $0.value < $1.value }.map {
                Option(
                    value: $0.value, text: "\($0.value) (\(TextFormat.count($0.count)))",
                    isSelected: selected.contains($0.value.lowercased()))
            }
            choices.append(
                Choice(
                    attribute: attribute, heading: attribute.prefix(1).uppercased() + attribute.dropFirst(),
                    options: options))
        }
        let shown = Set(choices.map(\.attribute))
        action = address
        self.choices = choices
        hidden = parameters.filters.filter { !shown.contains($0.name) }.map { Hidden(name: $0.name, content: $0.value) }
        hasChoices = !choices.isEmpty
        isActive = !parameters.filters.isEmpty
    }
}
