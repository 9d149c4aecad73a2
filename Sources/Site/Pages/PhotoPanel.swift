import ImageCodecs

/// The photos beside what was found: which of them is looked at, and which part.
package struct PhotoPanel: Sendable {
    /// A photo to choose.
    package struct Tab: Sendable {
        package let link: String
        package let text: String
        /// The photo's address; `nil` for all together.
        package let picture: String?
        package let isCurrent: Bool
    }

    /// A photo that is shown.
    package struct Picture: Sendable {
        package let source: String
        package let width: Int
        package let height: Int
        /// How wide the page makes it: style sheets cannot reckon with a photo's sides before it is there.
        package let shape: Shape
        package let alternative: String
    }

    /// Shapes of photos, each with a width of its own that keeps the photo within the window.
    package enum Shape: String, Sendable {
        case wide, upright, tall, taller, slim
        /// So tall that it could not be used in its own shape.
        case strip

        /// The shape of a photo by its sides.
        package init(width: Int, height: Int) {
            self =
                switch Double(height) / Double(max(1, width)) {
                case ..<1: .wide
                case ..<1.46: .upright
                case ..<1.8: .tall
                case ..<2.6: .taller
                case ..<4.5: .slim
                default: .strip
                }
        }
    }

    /// A box on a photo, in thousandths of its sides.
    package struct Box: Sendable {
        package let left: Int
        package let top: Int
        package let boxWidth: Int
        package let boxHeight: Int
        /// All four, as addresses have them.
        package let thousandths: String
        /// Whether the box is what is searched, or only suggested.
        package let isChosen: Bool
    }

    package let tabs: [Tab]
    package let hasTabs: Bool
    /// The one photo that is looked at, or all of them.
    package let pictures: [Picture]
    package let isSingle: Bool
    package let box: Box?
    /// Where the search in the box leads; `nil` if that is what is shown, or there is no box.
    package let boxLink: String?
    /// Where a search in a part begins that the visitor chooses.
    package let partLink: String
    /// Where the search in the whole photo is, if a part is shown.
    package var wholeLink: String?

    /// A panel.
    ///
    /// - Parameters:
    ///   - entry: the upload.
    ///   - view: what of it is looked at.
    ///   - address: the address of the results.
    ///   - parameters: what else the address says, which links keep.
    ///   - language: the language of the page.
    package init(
        _ entry: ResultStore.Entry, _ view: PhotoView, address: String, _ parameters: SearchParameters,
        in language: Language
    ) {
        let count = entry.photos.count
        func link(_ view: PhotoView) -> String {
            var parameters = parameters
            parameters.view = view
            return TextFormat.address(address, parameters.filterQuery + parameters.otherQuery)
        }
        func source(_ number: Int) -> String {
            TextFormat.address(address + "/photo.jpg", PhotoView(count: count, photo: number).query)
        }
        let together = Tab(
            link: link(PhotoView(count: count)), text: language.text("results.together"), picture: nil,
            isCurrent: view.photo == nil)
        hasTabs = count > 1
        tabs =
            count == 1
            ? []
            : [together]
                + (0..<count).map {
                    Tab(
                        link: link(PhotoView(count: count, photo: $0)),
                        text: language.text("results.photoNumber", ["number": language.number($0 + 1)]),
                        picture: source($0), isCurrent: view.photo == $0)
                }
        isSingle = view.photo != nil
        pictures = (view.photo.map { [$0] } ?? Array(0..<count)).map { number in
            let photo = entry.photos[number]
            return Picture(
                source: source(number), width: photo.width, height: photo.height,
                shape: Shape(width: photo.width, height: photo.height),
                alternative: count == 1
                    ? language.text("results.photoShown")
                    : language.text("results.photoNumber", ["number": language.number(number + 1)]))
        }
        let region = view.photo.flatMap { view.crop ?? entry.photos[$0].suggestedBox }
        box = region.map { region in
            let edges = region.thousandthEdges
            return Box(
                left: edges[0], top: edges[1], boxWidth: edges[2], boxHeight: edges[3], thousandths: region.thousandths,
                isChosen: view.crop != nil)
        }
        var whole = view
        whole.crop = nil
        wholeLink = view.crop == nil ? nil : link(whole)
        partLink = link(whole)
        var part = view
        part.crop = region
        boxLink = view.crop == nil && region != nil ? link(part) : nil
    }
}
