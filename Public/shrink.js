// Makes photos smaller in the browser, so that a slow network has less to carry.

/** Longer side of a photo that is sent; the server looks at fewer pixels still. */
const side = 1280;
const accepted = ["image/jpeg", "image/png", "image/webp"];

/** Whether the server reads files of this kind. */
export const isAccepted = (file) => accepted.includes(file.type);

/** The photo as a JPEG of 1280 pixels at the most, turned as it is to be seen; itself if that is no smaller. */
export async function shrunk(file) {
  if (file.size < 200_000 && isAccepted(file)) return file;
  let bitmap;
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    // Damaged, or of a kind that this browser does not know: the server says which.
    return file;
  }
  const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext("2d", { alpha: false });
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.9));
  canvas.width = 0;
  return blob && (blob.size < file.size || !isAccepted(file)) ? blob : file;
}
