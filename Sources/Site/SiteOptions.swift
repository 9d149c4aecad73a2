import HTTPCore

/// What a site is used for beside its own pages.
public struct SiteOptions: Sendable {
    /// The sites that may show `/embed` in a frame; none: there is no such page.
    public var embedOrigins: [WebOrigin] = []
    /// Which other sites' scripts may use the API.
    public var crossOrigin = CrossOriginAccess()
    /// What the kiosk at `/kiosk` is like; `nil`: there is no such page.
    public var kiosk: KioskSettings?

    /// The language of the catalog's names and descriptions (a tag of BCP 47), so that screen readers take the right voice;
    /// `nil` says nothing of it.
    public var catalogLanguage: String?

    /// Its own pages alone.
    public init() {}
}

/// How a kiosk works: a screen with a camera that many people use one after another.
public struct KioskSettings: Sendable {
    /// Without a touch for this long, everything about a visitor is erased.
    public let timeout: Duration
    /// This server's address as phones reach it; `nil` takes the one that the kiosk's browser uses.
    public let publicAddress: WebOrigin?

    /// For how long the address in a QR code works.
    package static let shareLifetime = Duration.seconds(10 * 60)
    /// A visitor is told this long before the time is over.
    package var warning: Duration { min(.seconds(15), timeout / 2) }
    /// The server forgets by itself what a kiosk left that was switched off.
    package var resultLifetime: Duration { timeout + .seconds(5 * 60) }

    /// A kiosk.
    public init(timeout: Duration = .seconds(60), publicAddress: WebOrigin? = nil) {
        self.timeout = timeout
        self.publicAddress = publicAddress
    }
}
