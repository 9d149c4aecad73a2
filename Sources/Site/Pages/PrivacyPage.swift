/// `/privacy`: what is kept, where and how long.
package struct PrivacyPage: PageModel {
    package let layout: Layout
    package let keptText: String
    package let kioskText: String?
    package let kioskShareText: String?

    package init(layout: Layout, lifetime: Duration, kiosk: KioskSettings?) {
        let language = layout.language
        self.layout = layout
        keptText = language.text("about.kept.photo", count: Int(lifetime / .seconds(60)))
        kioskText = kiosk.map { language.text("kiosk.erased", count: Int($0.timeout / .seconds(1))) }
        let minutes = Int(KioskSettings.shareLifetime / .seconds(60))
        kioskShareText = kiosk.map { _ in language.text("privacy.kiosk.share", count: minutes) }
    }
}
