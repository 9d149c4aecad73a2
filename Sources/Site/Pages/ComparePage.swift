import CatalogStore
import ImageCodecs
import Recommender

/// Two pictures beside each other, each with the parts that make them alike.
package struct ComparePage: PageModel {
    /// An attribute that both have.
    package struct Shared: Sendable {
        package let term: String
        package let content: String
    }

    package let layout: Layout
    /// How alike they are, in a paragraph or two.
    package let summary: [String]
    package let pictures: [ComparedPicture]
    package let shared: [Shared]
    package let hasShared: Bool
    package let back: String

    /// The most attributes that are named.
    private static let mostShared = 8

    package init(
        layout: Layout, pictures: [ComparedPicture], likeness: ComparedLikeness, traits: [SharedTraits.Trait],
        item: CatalogItem, back: String
    ) {
        let language = layout.language
        self.layout = layout
        self.pictures = pictures
        self.back = back
        summary = likeness.sentences(in: language)
        shared = SharedTraits.common(traits, with: item, limit: Self.mostShared).map {
            Shared(
                term: language.attributeName($0.attribute), content: language.value($0.value, of: $0.attribute))
        }
        hasShared = !shared.isEmpty
    }
}

/// A picture under a veil that is the thinner the more a part has in common with the other picture, and with a line round
/// the parts that have most.
package struct ComparedPicture: Sendable {
    /// A part of the veil, in hundredths of the picture's sides.
    package struct Tile: Sendable {
        package let tileX: String
        package let tileY: String
        package let tileWidth: String
        package let tileHeight: String
        /// 0 to 1.
        package let veil: String
    }

    package let source: String
    package let href: String
    package let pictureLabel: String
    /// The language of the label where it is not that of the page.
    package let pictureLanguage: String?
    package let width: Int
    package let height: Int
    package let tiles: [Tile]
    /// The line, as the data of an SVG path in pixels of the picture.
    package let outline: String
    /// Which part agrees most, as a sentence.
    package let place: String

    /// How opaque the veil is where nothing agrees.
    private static let thickest = 0.86
    /// From half of the way between the least and the most on, a part is within the line.
    private static let strong = 0.5

    package init(
        source: String, href: String, label: String, labelLanguage: String? = nil, width: Int, height: Int,
        parts: [Agreement.Part], in language: Language
    ) {
        self.source = source
        self.href = href
        pictureLabel = label
        pictureLanguage = labelLanguage
        self.width = width
        self.height = height
        let shares = parts.map(\.share)
        let (least, most) = (shares.min() ?? 0, shares.max() ?? 1)
        func strength(_ part: Agreement.Part) -> Double {
            most > least ? (part.share - least) / (most - least) : 1
        }
        outline = Self.outline(
            of: parts.filter { strength($0) >= Self.strong }.map(\.region), width: width, height: height)
        tiles = parts.map { part in
            let region = part.region
            return Tile(
                tileX: Self.text(100 * region.x), tileY: Self.text(100 * region.y),
                tileWidth: Self.text(100 * region.width), tileHeight: Self.text(100 * region.height),
                veil: Self.text((1 - strength(part)) * Self.thickest))
        }
        let (strongest, share) = Agreement.strongest(parts)
        place = language.text(Self.key(strongest), ["percent": language.percent(Float(share))])
    }

    /// The sides of tiles that no two of them share. O(tiles).
    private static func outline(of regions: [ImageRegion], width: Int, height: Int) -> String {
        // Neighbours reckon their common side differently in the last digits, which must not tell at a half.
        func pixel(_ part: Double, of length: Int) -> Int { Int((part * Double(length) + 0.01).rounded()) }
        var sides: [[Int]: Int] = [:]
        for region in regions {
            let left = pixel(region.x, of: width)
            let right = pixel(region.x + region.width, of: width)
            let top = pixel(region.y, of: height)
            let bottom = pixel(region.y + region.height, of: height)
            for side in [
                [left, top, right, top], [left, bottom, right, bottom], [left, top, left, bottom],
                [right, top, right, bottom],
            ] { sides[side, default: 0] += 1 }
        }
        return sides.filter { $0.value == 1 }.keys.sorted { $0.lexicographicallyPrecedes($1) }
            .map { "M\($0[0]) \($0[1])L\($0[2]) \($0[3])" }.joined()
    }

    /// With two decimals, as SVG writes numbers.
    private static func text(_ value: Double) -> String { String((value * 100).rounded() / 100) }

    private static func key(_ place: Agreement.Place) -> String {
        switch place {
        case .upperLeft: "compare.upperLeft"
        case .upper: "compare.upper"
        case .upperRight: "compare.upperRight"
        case .left: "compare.left"
        case .middle: "compare.middle"
        case .right: "compare.right"
        case .lowerLeft: "compare.lowerLeft"
        case .lower: "compare.lower"
        case .lowerRight: "compare.lowerRight"
        case .everywhere: "compare.everywhere"
        }
    }
}
