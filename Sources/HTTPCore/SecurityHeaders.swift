/// Fields that keep a browser from doing with an answer what the site never does.
public enum SecurityHeaders {
    /// The policy of a site that is alone: its own scripts, styles and pictures, and no inline script or style.
    public static let contentSecurityPolicy = policy(framedBy: [])

    private static func policy(framedBy origins: [WebOrigin]) -> String {
        "default-src 'none'; img-src 'self' blob: data:; style-src 'self'; script-src 'self'; connect-src 'self'; "
            + "form-action 'self'; base-uri 'none'; manifest-src 'self'; frame-ancestors "
            + (origins.isEmpty ? "'none'" : origins.map(\.description).joined(separator: " "))
    }

    /// The fields of a page that other sites may show in a frame, in place of the standard ones. `X-Frame-Options` knows
    /// no list of origins and is left out; `frame-ancestors` says it all (CSP Level 3, section 6.4.2).
    public static func framed(by origins: [WebOrigin]) -> HTTPHeaders {
        ["Content-Security-Policy": policy(framedBy: origins), "X-Frame-Options": ""]
    }

    /// The fields of a style sheet, a script or a picture, in place of the standard ones: those that only say something of
    /// pages are left out. Browsers take a document's policies from the document (CSP Level 3, section 4.2; HTML, section
    /// 7.1), and each request of a page pays for its fields. Not for SVG, which can be a document, and workers' scripts.
    public static let ofFiles: HTTPHeaders = [
        "Content-Security-Policy": "", "Referrer-Policy": "", "X-Frame-Options": "", "Permissions-Policy": "",
        "Cross-Origin-Opener-Policy": "",
    ]

    /// The fields of every answer that does not say otherwise.
    public static let standard: HTTPHeaders = [
        "Content-Security-Policy": contentSecurityPolicy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "X-Frame-Options": "DENY",
        "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
        "Cross-Origin-Opener-Policy": "same-origin",
    ]
}
