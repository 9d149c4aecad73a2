/// The QR code that takes results to a phone, as a part of the kiosk's page.
package struct KioskSharePage: PageModel {
    package let layout: Layout
    /// Units on a side of the picture.
    package let pictureSide: Int
    package let path: String
    package let minutesText: String

    package init(layout: Layout, code: QRCode, lifetime: Duration) {
        self.layout = layout
        pictureSide = code.pictureSide
        path = code.path
        minutesText = layout.language.text("kiosk.share.minutes", count: Int(lifetime / .seconds(60)))
    }
}
