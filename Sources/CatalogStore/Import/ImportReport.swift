/// What an import did, or would do.
public struct ImportReport: Sendable {
    /// The table inside the source.
    public internal(set) var table = ""
    /// Other CSV files of the source, which were left alone, in the order of the source.
    public internal(set) var otherTables: [String] = []
    /// What became of each column of the table.
    public internal(set) var columns: [ColumnUse] = []
    /// What the table is written in.
    public internal(set) var encoding = TableEncoding.utf8
    /// What of the table was not taken as it stands.
    public internal(set) var notes = TableNotes()
    /// Whether nothing was written.
    public internal(set) var isDryRun = false
    /// Whether it was stopped before its end, with nothing changed.
    public internal(set) var stopped = false

    /// Rows of the table, good and bad.
    public internal(set) var rows = 0
    /// Items that were not in the catalog before.
    public internal(set) var added = 0
    /// Items that were there with other fields or another photo.
    public internal(set) var updated = 0
    /// Items that were there just so.
    public internal(set) var unchanged = 0
    /// Items of the catalog that the source does not have, and that stay.
    public internal(set) var kept = 0
    /// Items of the catalog that the source does not have, and that are dropped to replace it.
    public internal(set) var dropped = 0
    /// Rows that did not become items, in the order of the table.
    public internal(set) var skipped: [SkippedRow] = []

    /// Usable photos in the source, copies among them.
    public internal(set) var photos = 0
    /// Their bytes.
    public internal(set) var photoBytes = 0
    /// Photos that are new in the catalog, each content once.
    public internal(set) var storedPhotos = 0
    /// Usable photos that no row names. Of a folder these are not opened, only counted: any file may be among them.
    public internal(set) var unmentioned = 0
    /// Those of them that are a copy of one that a row names.
    public internal(set) var unmentionedCopies = 0
    /// Items that share a photo with others, by the photo, in the order of the table.
    public internal(set) var duplicates: [DuplicatePhoto] = []
    /// Files that are neither table nor usable photo, and that no row names.
    public internal(set) var otherFiles = 0
    /// Entries that are refused whatever is in them; at most ``listedRefusals`` of them.
    public internal(set) var refused: [RefusedEntry] = []
    /// How many were refused.
    public internal(set) var refusedCount = 0
    /// Seconds that it took.
    public internal(set) var seconds = 0.0

    /// A hostile archive may hold millions of what is refused.
    public static let listedRefusals = 1000

    /// Items that the source gives.
    public var items: Int { added + updated + unchanged }

    mutating func refuse(_ name: String, _ reason: RefusedEntry.Reason) {
        refusedCount += 1
        if refused.count < Self.listedRefusals { refused.append(RefusedEntry(name: name, reason: reason)) }
    }
}

/// One photo of several items: it is stored once.
public struct DuplicatePhoto: Sendable, Equatable {
    /// SHA-256 of the photo, in hexadecimal.
    public let contentHash: String
    /// The items' identifiers.
    public let ids: [String]

    /// A photo and its items.
    public init(contentHash: String, ids: [String]) {
        self.contentHash = contentHash
        self.ids = ids
    }
}

/// An entry of a source that is not read.
public struct RefusedEntry: Sendable, Equatable {
    /// Why it is not.
    public enum Reason: String, Error, Sendable, CustomStringConvertible {
        case badName = "bad_name"
        case outside
        case link
        case hardLink = "hard_link"
        case special
        case encrypted
        case damaged

        public var description: String {
            switch self {
            case .badName: "has a name that is empty, too long, not UTF-8 or with control characters"
            case .outside: "points outside of its archive"
            case .link: "is a link, and links are not followed"
            case .hardLink: "is a hard link to what is no file before it in the archive"
            case .special: "is no file"
            case .encrypted: "is encrypted"
            case .damaged: "cannot be told for what it is: the archive is damaged there"
            }
        }
    }

    /// Its name in the source.
    public let name: String
    /// Why it is not read.
    public let reason: Reason

    /// A refused entry.
    public init(name: String, reason: Reason) {
        self.name = name
        self.reason = reason
    }
}

/// How far an import is.
public struct ImportProgress: Sendable {
    /// Files read so far.
    public let files: Int
    /// How much of the source has been read, 0 to 1; `nil` if its size is unknown.
    public let share: Double?
}
