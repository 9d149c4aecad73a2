/// Fields that keep a browser from doing with an answer what the site never does.
public enum SecurityHeaders {
    /// The policy of a site that is alone: its own scripts, styles and pictures, and no inline script or style.
    public static let contentSecurityPolicy =
        "default-src 'none'; img-src 'self' blob: data:; style-src 'self'; script-src 'self'; connect-src 'self'; "
        + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"

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
