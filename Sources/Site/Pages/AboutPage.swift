/// `/about`: how it works and what is kept.
package struct AboutPage: PageModel {
    package let layout: Layout
    package let model: String
    package let itemsText: String
    package let keptText: String

    package init(layout: Layout, model: String, itemCount: Int, lifetime: Duration) {
        self.layout = layout
        self.model = model
        itemsText = layout.language.text("about.way.items", count: itemCount)
        keptText = layout.language.text("about.kept.photo", count: Int(lifetime / .seconds(60)))
    }
}
