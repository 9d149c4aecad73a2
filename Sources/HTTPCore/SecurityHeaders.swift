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

    /// The fields of every answer.
    public static let standard: HTTPHeaders = [
        "Content-Security-Policy": contentSecurityPolicy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "X-Frame-Options": "DENY",
        "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
        "Cross-Origin-Opener-Policy": "same-origin",
    ]
}
