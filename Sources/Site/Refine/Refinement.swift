import HTTPCore
import Recommender

/// What a visitor said of what was found: more like this, less like that, the same in another colour. All of it stands in
/// the address, so that it can be shared, reloaded and taken back step by step.
package struct Refinement: Sendable, Equatable {
    /// Identifiers of the items that are wanted more of, in the order in which they were marked.
    package private(set) var more: [String] = []
    /// Identifiers of the items that are wanted less of; they are not found again.
    package private(set) var less: [String] = []
    /// The colour that the same cut is wanted in.
    package var colour: String?

    /// The names of its parameters.
    package static let names: Set<String> = ["more", "less", "as_colour"]

    /// Nothing said.
    package init() {}

    /// Reads a query. Of a page's more items than can be followed the first ones are forgotten.
    ///
    /// - Throws: `HTTPError` 400 `invalid_parameter`, to a program.
    package init(_ request: HTTPRequest, from sender: SearchParameters.Sender) throws(HTTPError) {
        let colours = request.query.filter { $0.name == "as_colour" && !$0.value.isEmpty }.map(\.value)
        if sender == .program, colours.count > 1 {
            throw SearchParameters.invalid("as_colour", "as_colour is given more than once.")
        }
        colour = colours.last
        for name in ["more", "less"] {
            let ids = request.query.filter { $0.name == name && !$0.value.isEmpty }.map(\.value)
            if sender == .program, ids.count > RelevanceFeedback.mostMarked {
                throw SearchParameters.invalid(
                    name,
                    "\(name) is given \(ids.count) times; up to \(RelevanceFeedback.mostMarked) items are followed.")
            }
            for id in ids.suffix(RelevanceFeedback.mostMarked) {
                self = name == "more" ? marking(more: id) : marking(less: id)
            }
        }
    }

    /// Whether nothing is said.
    package var isEmpty: Bool { more.isEmpty && less.isEmpty && colour == nil }

    /// The items that are marked.
    package var marked: [String] { more + less }

    /// Its pairs in an address.
    package var query: [(name: String, value: String)] {
        more.map { (name: "more", value: $0) } + less.map { (name: "less", value: $0) }
            + (colour.map { [(name: "as_colour", value: $0)] } ?? [])
    }

    /// The same with an item wanted more of. Of too many the first one is forgotten.
    package func marking(more id: String) -> Refinement {
        var result = without(id)
        result.more = (result.more + [id]).suffix(RelevanceFeedback.mostMarked)
        return result
    }

    /// The same with an item wanted less of. Of too many the first one is forgotten.
    package func marking(less id: String) -> Refinement {
        var result = without(id)
        result.less = (result.less + [id]).suffix(RelevanceFeedback.mostMarked)
        return result
    }

    /// The same with an item not marked.
    package func without(_ id: String) -> Refinement {
        var result = self
        result.more.removeAll { $0 == id }
        result.less.removeAll { $0 == id }
        return result
    }
}
