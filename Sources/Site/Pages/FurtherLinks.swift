import Recommender
import VectorSearch

/// Links below found items: more of them, versions apart or together, and the measure of nearness.
package struct FurtherLinks: Sendable {
    package let moreHref: String?
    package let moreText: String
    /// The address with each product once, or with every item on its own, whichever is not shown now.
    package let otherHref: String?
    package let otherText: String
    /// The address with the other measure; `nil` where there is nothing to measure.
    package let metricHref: String?
    package let metricText: String

    /// How many items are shown, step by step.
    private static let steps = [20, 50]

    package init(
        address: String, fragment: String = "", matches: [Match], parameters: SearchParameters, collapses: Bool,
        itemCount: Int, in language: Language
    ) {
        func link(_ change: (inout SearchParameters) -> Void) -> String {
            var next = parameters
            change(&next)
            return TextFormat.address(address, next.addressQuery) + fragment
        }
        let next = Self.steps.first { $0 > parameters.count }
        let canShowMore = matches.count == parameters.count && matches.count < itemCount
        moreHref = canShowMore ? next.map { count in link { $0.count = count } } : nil
        moreText = language.text("results.show", count: next ?? 0)
        otherHref = matches.contains { $0.variants != nil } ? link { $0.collapse = !collapses } : nil
        otherText = language.text(collapses ? "results.every" : "results.once")
        let isCosine = parameters.metric == .cosine
        metricHref = matches.isEmpty ? nil : link { $0.metric = isCosine ? .euclidean : .cosine }
        metricText = language.text(isCosine ? "results.euclidean" : "results.cosine")
    }
}
