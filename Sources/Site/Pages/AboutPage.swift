/// `/about`: how it works and what is kept.
package struct AboutPage: Sendable {
    package let layout: Layout
    package let model: String
    package let items: String
    package let minutes: Int

    package init(layout: Layout, model: String, itemCount: Int, lifetime: Duration) {
        self.layout = layout
        self.model = model
        items = TextFormat.count(itemCount)
        minutes = Int(lifetime / .seconds(60))
    }
}
