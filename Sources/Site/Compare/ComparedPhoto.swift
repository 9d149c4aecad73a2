import Recommender

/// The photo of an upload that is shown beside an item: the one that is looked at, or of all together the one that is most
/// like the item.
struct ComparedPhoto {
    /// Its number, from 0.
    let number: Int
    /// The photo alone, with the part of it that is looked for.
    let view: PhotoView
    private let isOneOfSeveral: Bool

    /// - Parameters:
    ///   - view: what of the upload is looked at.
    ///   - entry: the upload.
    ///   - vector: the item's unit vector; without it the first photo is taken.
    init(_ view: PhotoView, of entry: ResultStore.Entry, beside vector: [Float]?) {
        func likeness(_ number: Int) -> Float {
            vector.map { VectorArithmetic.dot(entry.photos[number].query.vector, $0) } ?? 0
        }
        // Of equals the first one.
        let nearest = entry.photos.indices.max { (likeness($0), $1) < (likeness($1), $0) } ?? 0
        number = view.photo ?? nearest
        isOneOfSeveral = entry.photos.count > 1
        var alone = PhotoView(count: entry.photos.count, photo: number)
        alone.crop = view.crop
        self.view = alone
    }

    /// What it is called on the page.
    func label(in language: Language) -> String {
        let photo =
            isOneOfSeveral
            ? language.text("results.photoNumber", ["number": language.number(number + 1)])
            : language.text("results.photo")
        return view.crop == nil ? photo : language.text("compare.part", ["photo": photo])
    }
}
